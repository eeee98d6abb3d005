package web

import (
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"

	"plumbline/internal/office/table"
	"plumbline/internal/org"
)

// exportLimit is how many units a workbook takes; a larger subtree is exported as CSV.
const exportLimit = 100_000

// exportUnits sends a unit with everything under it in the form that an import takes.
func (s *Server) exportUnits(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	u, err := org.UnitByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return err
	}
	sheet := table.Sheet{Name: "units", Rows: s.unitRows(c, u)}
	for _, title := range []string{"code", "parent_code", "kind", "name", "name_en"} {
		sheet.Columns = append(sheet.Columns, table.Column{Title: title})
	}
	sheet.Columns = append(sheet.Columns, table.Column{Title: "from", Kind: table.Date}, table.Column{Title: "to", Kind: table.Date})
	write := func(w io.Writer, sheet table.Sheet) error { return table.WriteXLSX(w, sheet) }
	ext, kind := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if c.Value("format") == "csv" || u.Below > exportLimit {
		write, ext, kind = table.WriteCSV, "csv", "text/csv; charset=utf-8"
	}
	h := c.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(u.In(c.Lang)+"."+ext))
	if err := write(c.W, sheet); err != nil {
		s.Log.Error("an export broke off", "error", err)
		panic(http.ErrAbortHandler) // the answer has begun: the browser must see that it is not whole
	}
	return nil
}

var errStopped = errors.New("web: nobody reads on")

func (s *Server) unitRows(c *Ctx, u org.Unit) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		err := org.EachBelow(c.R.Context(), s.Reader, u.Path, func(x org.Unit, parent string) error {
			if !yield([]string{x.Code, parent, x.Kind, x.Name, x.NameEn, x.From, x.To}, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}
