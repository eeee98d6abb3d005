package web

import (
	"bytes"
	"io"
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/office/table"
	"plumbline/internal/review/result"
)

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// resultFile sends a fixed result as a table, or as the files from which "plumbline score" computes it again.
func (s *Server) resultFile(c *Ctx) error {
	id, err := c.ID("id")
	if err != nil {
		return err
	}
	v, err := s.Rooms.Results.Look(c.R.Context(), c.Scope(authz.Read), id, int(c.Int("no", 0)))
	if err != nil {
		return err
	}
	if v.Chosen == nil {
		return fault.Missing()
	}
	var b bytes.Buffer
	name, kind := c.R.PathValue("name"), "text/csv; charset=utf-8"
	switch name {
	case "result.xlsx":
		kind, err = xlsxType, table.WriteXLSX(&b, c.resultSheet(v))
	case "result.csv":
		err = table.WriteCSV(&b, c.resultSheet(v))
	case "PLAN.json":
		kind, err = "application/json", result.PlanFile(&b, v.Plan.Body)
	case "PARTS.csv":
		err = result.PartsFile(&b, *v.Record)
	case "BALLOTS.csv":
		err = s.Rooms.Results.BallotsFile(c.R.Context(), c.Scope(authz.Read), id, v.Chosen.ID, &b)
	default:
		err = fault.Missing()
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(c.download(name, kind), &b)
	return err
}

func (c *Ctx) resultSheet(v result.View) table.Sheet {
	body, r := v.Plan.Body, *v.Record
	sheet := table.Sheet{Name: c.T("result.title")}
	add := func(title string, kind table.Kind) {
		sheet.Columns = append(sheet.Columns, table.Column{Title: title, Kind: kind})
	}
	add(c.T("result.rank"), table.Number)
	add("unit_code", table.Text)
	add(c.T("result.unit"), table.Text)
	for _, class := range body.Classes {
		add(class.Name.In(c.Lang), table.Number)
	}
	if len(r.Units) > 0 {
		for _, part := range r.Units[0].Parts {
			add(c.partName(body, part.ID), table.Number)
		}
	}
	add(c.T("result.composite"), table.Number)
	add(c.T("result.suggested"), table.Text)
	add(c.T("result.decided"), table.Text)
	var rows [][]string
	for _, u := range r.Units {
		row := []string{strconv.Itoa(u.Rank), u.Code, u.In(c.Lang)}
		for i := range body.Classes {
			row = append(row, c.classMean(u, i))
		}
		for _, part := range u.Parts {
			row = append(row, part.Score.Text)
		}
		decided := ""
		if v.Last != nil && v.Last.Result == v.Chosen.ID {
			g, _ := v.Last.Of(u.Unit)
			decided = c.gradeName(body, g.Grade)
		}
		rows = append(rows, append(row, u.Composite.Text, c.gradeName(body, u.Suggested), decided))
	}
	sheet.Rows = table.RowsOf(rows)
	return sheet
}

func (c *Ctx) classMean(u result.UnitRecord, i int) string {
	switch {
	case i >= len(u.Classes):
		return ""
	case u.Classes[i].Hidden != "":
		return c.T("result.not_shown")
	case u.Classes[i].Mean == nil:
		return ""
	}
	return u.Classes[i].Mean.Text
}
