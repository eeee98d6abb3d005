package report

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"plumbline/internal/calendar"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Progress implements cycle.Progress: where the report of every reporter stands.
func (s *Service) Progress(ctx context.Context, r store.Reader, c cycle.Cycle, units []int64) (map[int64]cycle.Cells, error) {
	asked := map[int64]bool{}
	for _, u := range units {
		asked[u] = true
	}
	heads, err := listHeads(ctx, r, `cr.cycle_id = $1`, []any{c.ID})
	if err != nil {
		return nil, err
	}
	out := map[int64]cycle.Cells{}
	for _, h := range heads {
		if asked[h.Unit.ID] {
			out[h.Unit.ID] = cycle.Cells{cycle.ColReport: s.cell(h)}
		}
	}
	return out, nil
}

func (s *Service) cell(h Head) cycle.Cell {
	cell := cycle.Cell{Lamp: cycle.LampDraft, Key: "report.state." + string(h.State), Href: fmt.Sprintf("/reports/%d", h.Reporter)}
	switch h.State {
	case Submitted:
		cell.Lamp = cycle.LampWait
	case Accepted:
		cell.Lamp = cycle.LampDone
	default:
		if h.State == Returned {
			cell.Lamp = cycle.LampSoon
		}
		switch lamp(h.Due, s.ports.Today(), s.ports.Calendar) {
		case calendar.Late:
			cell.Lamp, cell.Key = cycle.LampLate, "report.state.late"
		case calendar.DueSoon:
			cell.Lamp = cycle.LampSoon
		}
	}
	return cell
}

func lamp(due string, today calendar.Date, cal *calendar.Calendar) calendar.Lamp {
	d, err := calendar.ParseDate(due)
	if err != nil {
		return calendar.NoLamp
	}
	return cal.Lamp(d, today, calendar.SoonDays)
}

// Tasks implements cycle.Tasks: reports that wait for review, and reports that are late.
func (s *Service) Tasks(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Task, error) {
	today := s.ports.Today().String()
	waiting, late := 0, 0
	err := store.Each(ctx, r, `SELECT COALESCE(r.state, 'drafting'), CASE WHEN COALESCE(r.due, '') <> '' THEN r.due ELSE COALESCE(d.due, '') END
		FROM `+headFrom+` AND cr.cycle_id = $1`, []any{c.ID}, func(rows *sql.Rows) error {
		var state State
		var due string
		err := rows.Scan(&state, &due)
		switch {
		case state == Submitted:
			waiting++
		case state != Accepted && due != "" && due < today:
			late++
		}
		return err
	})
	var out []cycle.Task
	path := fmt.Sprintf("/cycles/%d/reports?state=", c.ID)
	if waiting > 0 {
		out = append(out, cycle.Task{Lamp: cycle.LampSoon, Key: "report.task.review", Count: waiting, Href: path + string(Submitted)})
	}
	if late > 0 {
		out = append(out, cycle.Task{Lamp: cycle.LampLate, Key: "report.task.late", Count: late, Href: path + "late"})
	}
	return out, err
}

// NotAccepted gives the units of a cycle whose report is not accepted, and whether it was handed in. It asks nobody:
// letters and the closing of a cycle read it.
func NotAccepted(ctx context.Context, r store.Reader, cycle int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := store.Each(ctx, r, `SELECT cr.unit_id, COALESCE(r.state, 'drafting') FROM `+headFrom+` AND cr.cycle_id = $1`, []any{cycle}, func(rows *sql.Rows) error {
		var unit int64
		var state State
		err := rows.Scan(&unit, &state)
		if state != Accepted {
			out[unit] = state == Submitted
		}
		return err
	})
	return out, err
}

// Obstacles implements cycle.Obstacles: the reports that are not accepted.
func (s *Service) Obstacles(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Obstacle, error) {
	open, err := NotAccepted(ctx, r, c.ID)
	out := []cycle.Obstacle{}
	for _, unit := range slices.Sorted(maps.Keys(open)) {
		o := cycle.Obstacle{Unit: unit, Key: "report.obstacle.none", Href: fmt.Sprintf("/cycles/%d/reports", c.ID)}
		if open[unit] {
			o.Key = "report.obstacle.open"
		}
		out = append(out, o)
	}
	return out, err
}
