package web

import (
	"plumbline/internal/office/table"
	"plumbline/internal/review/cycle"
)

// cycleExport writes the reporters of a cycle with everything that stands in the page's table, as XLSX or CSV.
func (s *Server) cycleExport(c *Ctx) error {
	v, err := s.cycleView(c)
	if err != nil {
		return err
	}
	sheet := table.Sheet{Name: c.T("cycle.reporters")}
	heads := []string{c.T("cycle.col.code"), c.T("cycle.col.unit"), c.T("cycle.col.person"), c.T("cycle.col.mode"), c.T("cycle.col.choice")}
	for _, col := range cycle.Columns {
		heads = append(heads, c.T("cycle.col."+string(col)))
	}
	for _, h := range heads {
		sheet.Columns = append(sheet.Columns, table.Column{Title: h, Kind: table.Text})
	}
	var rows [][]string
	for _, r := range v.Rows {
		row := []string{r.Unit.Code, r.Unit.In(c.Lang), c.personText(r), c.T("cycle.mode." + string(r.Reporter.Mode)), c.T("cycle.choice." + string(r.Reporter.Choice))}
		for _, col := range cycle.Columns {
			row = append(row, c.cellOf(r.Cells[col]).Text)
		}
		rows = append(rows, row)
	}
	sheet.Rows = table.RowsOf(rows)
	name := c.cycleTitle(v.Cycle, v.Convenor) + "-" + c.T("cycle.reporters")
	if c.Value("format") == "csv" {
		return table.WriteCSV(c.download(name+".csv", "text/csv; charset=utf-8"), sheet)
	}
	return table.WriteXLSX(c.download(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), sheet)
}
