package web

import (
	"errors"
	"slices"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
)

// exportMatters writes the whole of a filtered list in the columns that offices use, as XLSX or CSV: those that the
// ledger's definition names, or with all=1 the whole register; of several ledgers what they have in common.
func (s *Server) exportMatters(c *Ctx) error {
	f, err := s.mattersFilter(c)
	if err != nil {
		return err
	}
	f.Limit, f.Offset = 0, 0
	d, name := s.Ledgers().Types().Current(f.Type), c.T("ledger.title")
	if d != nil {
		name = d.Name.In(c.Lang)
	}
	sheet := table.Sheet{Name: name}
	columns := c.exportColumns(d, c.Value("all") == "1")
	for _, col := range columns {
		sheet.Columns = append(sheet.Columns, table.Column{Title: col.title, Kind: col.kind})
	}
	sheet.Rows = s.exportRows(c, f.Filter, columns)
	name += "-" + stamp(s.Now().In(s.Zone))
	if c.Value("format") == "csv" {
		return table.WriteCSV(c.download(name+".csv", "text/csv; charset=utf-8"), sheet)
	}
	return table.WriteXLSX(c.download(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}

// exported is a matter with what its row needs.
type exported struct {
	ledger.Matter
	born  *ledger.Definition
	told  ledger.Told
	names ledger.Names
}

// exportColumn is one column of an export.
type exportColumn struct {
	title string
	kind  table.Kind
	text  func(m exported) string
}

// errEnough ends an export that nobody takes any further.
var errEnough = errors.New("web: enough rows")

func (s *Server) exportRows(c *Ctx, f ledger.Filter, columns []exportColumn) func(yield func([]string, error) bool) {
	return func(yield func([]string, error) bool) {
		ctx, row := c.R.Context(), make([]string, len(columns))
		err := s.Ledgers().Batches(ctx, c.Actor, f, s.Ledgers().Today(s.Now()), func(ms []ledger.Matter, told map[int64]ledger.Told) error {
			names, err := s.Ledgers().NamesOf(ctx, ms, nil, nil)
			if err != nil {
				return err
			}
			for _, m := range ms {
				born, err := s.Ledgers().Types().At(ctx, s.Reader, m.Type, m.TypeVersion)
				if err != nil {
					return err
				}
				for i, col := range columns {
					row[i] = col.text(exported{m, born, told[m.ID], names})
				}
				if !yield(row, nil) {
					return errEnough
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// exportColumns are the columns of an export; nil for d is several ledgers at once.
func (c *Ctx) exportColumns(d *ledger.Definition, all bool) []exportColumn {
	ids := []string{"type", "number", "title", "owner", "convenor", "opened", "state", "stand", "due", "closed"}
	switch {
	case d != nil && (all || len(d.Columns) == 0):
		ids = []string{"number", "owner"}
		for _, f := range d.Fields {
			ids = append(ids, "."+f.ID)
		}
		ids = append(ids, "state", "stand", "due", "progress", "opinion", "verifier", "verified_on", "closed", "common")
	case d != nil:
		ids = []string{"number"}
		for _, id := range d.Columns {
			if _, isField := d.Field(id); isField {
				id = "." + id
			}
			ids = append(ids, id)
		}
		ids = append(ids, "owner", "state", "stand", "due", "closed")
	}
	var out []exportColumn
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			continue
		}
		if fieldID, isField := strings.CutPrefix(id, "."); isField {
			f, _ := d.Field(fieldID)
			out = append(out, exportColumn{f.Name.In(c.Lang), tableKind(f), func(m exported) string { return c.exportField(f, m) }})
		} else if col, ok := c.exportWords()[id]; ok {
			out = append(out, col)
		}
	}
	return out
}

// exportWords are the columns that are no fields, by id.
func (c *Ctx) exportWords() map[string]exportColumn {
	return map[string]exportColumn{
		"type":      {c.T("ledger.filter.type"), table.Text, func(m exported) string { return m.born.Name.In(c.Lang) }},
		"number":    {c.T("ledger.col.number"), table.Text, func(m exported) string { return m.Number }},
		"title":     {c.T("ledger.col.matter"), table.Text, func(m exported) string { return m.Title }},
		"owner":     {c.T("ledger.col.unit"), table.Text, func(m exported) string { return m.names.Units[m.Owner.ID].In(c.Lang) }},
		"convenor":  {c.T("ledger.registered_by"), table.Text, func(m exported) string { return m.names.Units[m.Convenor.ID].In(c.Lang) }},
		"requester": {c.T("exchange.requester"), table.Text, func(m exported) string { return m.names.Units[m.Requester.ID].In(c.Lang) }},
		"opened":    {c.T("ledger.opened_on"), table.Date, func(m exported) string { return m.Opened }},
		"state": {c.T("ledger.col.state"), table.Text, func(m exported) string {
			st, _ := m.born.State(m.State)
			return st.Name.In(c.Lang)
		}},
		"stand":       {c.T("ledger.col.stand"), table.Text, func(m exported) string { return c.matterStatus(m.Matter).Text }},
		"due":         {c.T("ledger.col.due"), table.Date, func(m exported) string { return m.Due }},
		"closed":      {c.T("ledger.closed_on"), table.Date, func(m exported) string { return m.Closed }},
		"progress":    {c.T("ledger.col.progress"), table.Text, func(m exported) string { return m.told.Progress }},
		"opinion":     {c.T("ledger.col.opinion"), table.Text, func(m exported) string { return m.told.Opinion }},
		"verifier":    {c.T("ledger.col.verifier"), table.Text, func(m exported) string { return m.told.Verifier }},
		"verified_on": {c.T("ledger.col.verified_on"), table.Date, func(m exported) string { return m.told.VerifiedOn }},
		"common":      {c.T("ledger.col.common"), table.Text, func(m exported) string { return c.commonText(m.Matter) }},
	}
}

// commonText says whether a matter is common, repeats an earlier one, or both.
func (c *Ctx) commonText(m ledger.Matter) string {
	text := ""
	if m.Common {
		text = c.T("ledger.common")
	}
	if m.RepeatOf != 0 {
		text = strings.TrimSpace(text + " " + c.T("ledger.repeat"))
	}
	return text
}

func tableKind(f ledger.Field) table.Kind {
	switch f.Kind {
	case ledger.KindDate:
		return table.Date
	case ledger.KindNumber, ledger.KindDecimal, ledger.KindMoney, ledger.KindComputed:
		return table.Number
	}
	return table.Text
}

// exportField is what a field holds, by the words of the version that the matter was born under.
func (c *Ctx) exportField(f ledger.Field, m exported) string {
	if born, ok := m.born.Field(f.ID); ok && born.Kind == f.Kind {
		f = born
	}
	v := m.Values[f.ID]
	switch f.Kind {
	case ledger.KindDate, ledger.KindDecimal, ledger.KindMoney, ledger.KindComputed:
		return v.Text
	}
	return c.fieldText(f, v, m.names)
}
