package web

import (
	"net/url"
	"strconv"

	"plumbline/internal/ledger"
	"plumbline/internal/web/ui"
)

// BesideBlock is what a matter's claims say, beside the figures that the ledgers hold.
type BesideBlock struct {
	Of      string // the table of the claims
	About   string
	Table   ui.Table
	Meaning ui.Details
}

// behindMeasure is the list of the page "who passes matters on" that holds the matters behind a measure.
var behindMeasure = map[string]string{ledger.MeasureHandovers: flowAll, ledger.MeasurePingPong: flowPing, ledger.MeasureLie: flowAll, ledger.MeasureLate: flowAll,
	ledger.MeasureLastDay: flowLast, ledger.MeasureRight: flowRight, ledger.MeasureReopened: flowBack}

func (s *Server) matterBeside(c *Ctx, v ledger.View, names ledger.Names) (*BesideBlock, error) {
	b := s.Ledgers().BesideOf(v)
	if b == nil {
		return nil, nil
	}
	claims, day, err := s.Ledgers().Claims(c.R.Context(), c.Actor, v, b)
	if err != nil {
		return nil, err
	}
	about := "beside.about"
	if ledger.Ended(v.Matter.Class) {
		about = "beside.frozen"
	}
	out := &BesideBlock{About: c.T(about, "Day", c.date(day.String()), "Months", b.Months), Meaning: ui.Details{Summary: c.T("flow.meaning")}}
	table, _ := v.Def.Field(b.Table)
	out.Of = table.Name.In(c.Lang)
	out.Table = ui.Table{Caption: c.T("beside.title"), HideCaption: true, Columns: []ui.Column{{Head: table.Columns[0].Name.In(c.Lang)}, {Head: c.T("beside.whose")}, {Head: c.T("beside.figure")},
		{Head: c.T("beside.value"), Align: "right"}, {Head: c.T("beside.peers"), Align: "right"}, {Head: c.T("beside.stand")}}}
	seen := map[string]bool{}
	for _, claim := range claims {
		out.Table.Rows = append(out.Table.Rows, ui.Row{Cells: c.claimCells(v, b, claim, table, names)})
		if claim.Measure != "" && !seen[claim.Measure] {
			seen[claim.Measure] = true
			out.Meaning.Items = append(out.Meaning.Items, ui.Fact{Term: c.columnChoice(table, b.Figure, claim.Figure), Text: c.T("beside.means." + claim.Measure)})
		}
	}
	out.Meaning.Items = append(out.Meaning.Items, ui.Fact{Term: c.T("beside.peers"), Text: c.T("beside.means.peers")})
	return out, nil
}

// columnChoice is what a choice of a table's column is called.
func (c *Ctx) columnChoice(table ledger.Field, column, id string) string {
	for _, col := range table.Columns {
		if col.ID == column {
			return c.fieldText(col, ledger.Value{Text: id}, ledger.Names{})
		}
	}
	return id
}

// claimCells is a claim with its figure: whose, which, the value with its matters, the peers' median, and how it stands.
func (c *Ctx) claimCells(v ledger.View, b *ledger.Beside, x ledger.Claimed, table ledger.Field, names ledger.Names) []ui.Cell {
	row := v.Matter.Values[b.Table].Rows[x.Row]
	cells := make([]ui.Cell, 6)
	for i, col := range table.Columns[:min(len(row), len(table.Columns))] {
		switch {
		case i == 0:
			cells[0].Text = c.fieldText(col, ledger.Value{Text: row[i]}, names)
		case col.ID == b.Kind:
			cells[0].Sub = c.fieldText(col, ledger.Value{Text: row[i]}, names)
		}
	}
	if x.Measure != "" {
		cells[2].Text = c.columnChoice(table, b.Figure, x.Figure)
	}
	if x.Type != "" {
		cells[2].Sub = c.columnChoice(table, b.Ledger, x.Type)
	}
	if x.Unit.ID == 0 || x.Measure == "" {
		cells[5].Status = &ui.Status{State: ui.None, Text: c.T("beside.none_named")}
		return cells
	}
	flow := url.Values{"under": {itoa(x.Unit.ID)}, "from": {x.From}, "to": {x.To}}
	if x.Type != "" {
		flow.Set("type", x.Type)
	}
	cells[1] = ui.Cell{Text: x.Unit.In(c.Lang), Href: "/flow?" + flow.Encode()}
	switch {
	case x.TooMany:
		cells[5].Status = &ui.Status{State: ui.None, Text: c.T("beside.too_many")}
		return cells
	case x.Own.Of == 0:
		cells[3].Text = "–"
		cells[5].Status = &ui.Status{State: ui.None, Text: c.T("beside.no_matters")}
		return cells
	}
	flow.Set("figure", behindMeasure[x.Measure])
	cells[3] = ui.Cell{Text: c.measureText(x.Measure, x.Own.Value()), Sub: c.T("beside.of_matters", "Count", x.Own.Of), Href: "/flow/matters?" + flow.Encode()}
	if !x.Own.Mean {
		cells[3].Sub = c.T("flow.of", "Hits", x.Own.Hits, "Of", x.Own.Of)
	}
	if x.Own.Of < smallNumber {
		cells[3].Sub = joined(cells[3].Sub, c.T("flow.small"))
	}
	cells[4] = ui.Cell{Text: c.measureText(x.Measure, x.Median), Sub: c.T("beside.peer_count", "Count", x.Peers)}
	switch {
	case x.Peers == 0:
		cells[4] = ui.T("–")
		cells[5].Status = &ui.Status{State: ui.None, Text: c.T("beside.no_peers")}
	case x.Own.Value() == x.Median:
		cells[5].Status = &ui.Status{State: ui.Info, Text: c.T("beside.same")}
	case x.Worse():
		cells[5].Status = &ui.Status{State: ui.Soon, Text: c.T("beside.worse")}
	default:
		cells[5].Status = &ui.Status{State: ui.OnTime, Text: c.T("beside.better")}
	}
	return cells
}

// measureText writes a figure with what it counts in.
func (c *Ctx) measureText(measure string, value float64) string {
	switch measure {
	case ledger.MeasureHandovers:
		return c.T("beside.times", "Value", strconv.FormatFloat(value, 'f', 1, 64))
	case ledger.MeasureLie:
		return c.T("beside.days", "Value", strconv.FormatFloat(value, 'f', 1, 64))
	}
	return strconv.FormatFloat(value, 'f', 0, 64) + "%"
}
