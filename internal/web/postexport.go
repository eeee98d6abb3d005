package web

import (
	"errors"

	"plumbline/internal/office/table"
	"plumbline/internal/org"
)

// exportPosts sends who holds which post of a unit and everything below it today, in the form that an import takes.
func (s *Server) exportPosts(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	sheet := table.Sheet{Name: "people"}
	for _, title := range []string{"code", "name", "name_en", "unit_code", "post_kind", "title"} {
		sheet.Columns = append(sheet.Columns, table.Column{Title: title})
	}
	sheet.Columns = append(sheet.Columns, table.Column{Title: "from", Kind: table.Date}, table.Column{Title: "to", Kind: table.Date})
	sheet.Rows = func(yield func([]string, error) bool) {
		err := org.EachHolderBelow(c.R.Context(), s.Reader, u.Path, c.Today(), func(h org.Holder, unit string) error {
			if !yield([]string{h.Person.Code, h.Person.Name, h.Person.NameEn, unit, h.Post.Kind, h.Post.Title, h.Tenure.From, h.Tenure.To}, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
	return table.WriteXLSX(c.download(u.In(c.Lang)+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}
