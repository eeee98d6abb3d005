package web

import (
	"context"
	"strings"

	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
)

// exportMatters writes the whole of a filtered list in the columns that offices use, as XLSX or CSV.
func (s *Server) exportMatters(c *Ctx) error {
	f, err := s.mattersFilter(c)
	if err != nil {
		return err
	}
	f.Limit, f.Offset = 0, 0
	d := s.Ledgers().Types().Current(f.Type)
	if d == nil { // one table has one set of columns: that of the findings, unless another ledger was chosen
		d = s.Ledgers().Types().For("finding")
	}
	if d == nil {
		return nil
	}
	f.Type = d.ID
	sheet := s.exportSheet(c, f.Filter, d)
	name := d.Name.In(c.Lang) + "-" + stamp(s.Now().In(s.Zone))
	if c.Value("format") == "csv" {
		return table.WriteCSV(c.download(name+".csv", "text/csv; charset=utf-8"), sheet)
	}
	return table.WriteXLSX(c.download(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}

func (s *Server) exportSheet(c *Ctx, f ledger.Filter, d *ledger.Definition) table.Sheet {
	sheet := table.Sheet{Name: d.Name.In(c.Lang)}
	add := func(title string, kind table.Kind) {
		sheet.Columns = append(sheet.Columns, table.Column{Title: title, Kind: kind})
	}
	add(c.T("ledger.col.number"), table.Text)
	add(c.T("ledger.col.unit"), table.Text)
	for _, field := range d.Fields {
		add(field.Name.In(c.Lang), tableKind(field))
	}
	for _, key := range []string{"state", "stand"} {
		add(c.T("ledger.col."+key), table.Text)
	}
	add(c.T("ledger.col.due"), table.Date)
	add(c.T("ledger.col.progress"), table.Text)
	add(c.T("ledger.col.opinion"), table.Text)
	add(c.T("ledger.col.verifier"), table.Text)
	add(c.T("ledger.col.verified_on"), table.Date)
	add(c.T("ledger.closed_on"), table.Date)
	add(c.T("ledger.col.common"), table.Text)
	sheet.Rows = func(yield func([]string, error) bool) {
		err := s.Ledgers().Batches(c.R.Context(), c.Actor, f, s.Ledgers().Today(s.Now()), func(ms []ledger.Matter, told map[int64]ledger.Told) error {
			names, err := s.exportNames(c.R.Context(), ms, d)
			if err != nil {
				return err
			}
			for _, m := range ms {
				if !yield(c.exportRow(m, d, told[m.ID], names), nil) {
					return context.Canceled
				}
			}
			return nil
		})
		if err != nil && err != context.Canceled {
			yield(nil, err)
		}
	}
	return sheet
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

// exportNames looks up the names of a batch.
func (s *Server) exportNames(ctx context.Context, ms []ledger.Matter, d *ledger.Definition) (ledger.Names, error) {
	var units, people []int64
	for _, f := range d.Fields {
		for _, m := range ms {
			switch f.Kind {
			case ledger.KindUnit:
				units = append(units, parseID(m.Values[f.ID].Text))
			case ledger.KindPerson:
				people = append(people, parseID(m.Values[f.ID].Text))
			}
		}
	}
	return ledger.NamesFor(ctx, s.Reader, ms, units, people)
}

func (c *Ctx) exportRow(m ledger.Matter, d *ledger.Definition, told ledger.Told, names ledger.Names) []string {
	owner := names.Units[m.Owner.ID]
	row := []string{m.Number, owner.In(c.Lang)}
	for _, f := range d.Fields {
		v := m.Values[f.ID]
		switch f.Kind {
		case ledger.KindDate, ledger.KindDecimal, ledger.KindMoney:
			row = append(row, v.Text)
		default:
			row = append(row, c.fieldText(f, v, names))
		}
	}
	st, _ := d.State(m.State)
	common := ""
	if m.Common {
		common = c.T("ledger.common")
	}
	if m.RepeatOf != 0 {
		common = strings.TrimSpace(common + " " + c.T("ledger.repeat"))
	}
	return append(row, st.Name.In(c.Lang), c.matterStatus(m).Text, m.Due, told.Progress, told.Opinion, told.Verifier, told.VerifiedOn, m.Closed, common)
}
