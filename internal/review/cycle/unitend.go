package cycle

import (
	"context"
	"database/sql"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// HangsOn implements org.Dependents: running cycles that the units convene, and those in which they report.
func (s *Service) HangsOn(ctx context.Context, _ authz.Actor, e org.End) ([]org.Hanging, error) {
	convened, err := convenedIn(ctx, s.db, e)
	if err != nil {
		return nil, err
	}
	reports, err := reportsIn(ctx, s.db, e)
	if err != nil {
		return nil, err
	}
	kinds := []org.Hanging{{Kind: org.HangConvened}, {Kind: org.HangReports}, {Kind: org.HangReported}}
	for _, c := range convened {
		count(&kinds[0], c)
	}
	for _, r := range reports {
		if r.leaves(e) {
			count(&kinds[1], r.cycle)
		} else {
			count(&kinds[2], r.cycle)
		}
	}
	out := []org.Hanging{}
	for _, h := range kinds {
		if h.Count > 0 {
			h.Items = h.Items[:min(org.Named, h.Count)]
			out = append(out, h)
		}
	}
	return out, nil
}

// count counts a cycle once, however many of its reporters end: they come one after the other.
func count(h *org.Hanging, c Cycle) {
	if n := len(h.Items); n > 0 && h.Items[n-1].ID == c.ID {
		return
	}
	h.Count++
	h.Items = append(h.Items, org.Item{ID: c.ID})
}

// convenedIn lists the running cycles that are convened by units which end.
func convenedIn(ctx context.Context, r store.Reader, e org.End) ([]Cycle, error) {
	from, to := e.Span()
	return store.List(ctx, r, `SELECT `+columns+` FROM cycle c JOIN unit u ON u.id = c.unit_id
		WHERE u.path >= $1 AND u.path < $2 AND c.state <> 'closed' ORDER BY u.path, c.year`, []any{from, to}, scanCycles)
}

// place is one reporter of a running cycle whose unit ends.
type place struct {
	cycle    Cycle
	reporter Reporter
	code     string
}

// leaves says whether the unit's end takes it out of the cycle: it will not be there on the day of the meeting, which is
// still ahead. Once the meeting is over, who reported stays.
func (p place) leaves(e org.End) bool {
	return !p.cycle.State.AtLeast(Held) && p.cycle.MeetingDate >= e.Date
}

func reportsIn(ctx context.Context, r store.Reader, e org.End) ([]place, error) {
	from, to := e.Span()
	return store.List(ctx, r, `SELECT `+columns+`, `+reporterColumns+`, u.code FROM cycle_reporter r JOIN cycle c ON c.id = r.cycle_id JOIN unit u ON u.id = r.unit_id
		WHERE u.path >= $1 AND u.path < $2 AND r.state = 'active' AND c.state <> 'closed' ORDER BY c.id, r.seq`, []any{from, to}, func(rows *sql.Rows) (p place, err error) {
		c, x := &p.cycle, &p.reporter
		err = rows.Scan(&c.ID, &c.Unit, &c.Year, &c.Name, &c.NameEn, &c.Plan, &c.Previous, &c.State, &c.MeetingDate, &c.OpenedAt, &c.ClosedAt, &c.CloseReason, &c.Version,
			&x.ID, &x.Cycle, &x.Unit, &x.Person, &x.Post, &x.Mode, &x.Choice, &x.Seq, &x.Version, &p.code)
		return p, err
	})
}

// UnitEndsTx implements org.Dependents: a unit that still convenes a cycle stays until that is closed; where it was to
// report it is withdrawn, and the unit that it is merged into is called in its place.
func (s *Service) UnitEndsTx(ctx context.Context, tx *store.Tx, _ authz.Actor, e org.End) (d audit.Detail, err error) {
	convened, err := convenedIn(ctx, tx, e)
	if err != nil {
		return d, err
	}
	if len(convened) > 0 {
		return d, fault.Bad("fault.org.convenes", "Count", len(convened), "Year", convened[0].Year)
	}
	reports, err := reportsIn(ctx, tx, e)
	if err != nil {
		return d, err
	}
	for _, p := range reports {
		if !p.leaves(e) {
			continue
		}
		if err := s.replace(ctx, tx, p, e, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// replace withdraws a reporter and calls the successor where there is one, below the convenor and not yet called.
func (s *Service) replace(ctx context.Context, tx *store.Tx, p place, e org.End, d *audit.Detail) error {
	convenor, err := org.UnitByID(ctx, tx, p.cycle.Unit)
	if err != nil {
		return err
	}
	was := string(p.reporter.Mode) + "/" + string(p.reporter.Choice)
	d.Changes = append(d.Changes, audit.Change{Field: "reporter " + p.code, From: was})
	d.Also = append(d.Also, audit.Subject{Kind: "cycle", ID: p.cycle.ID})
	if _, err := tx.Exec(ctx, `UPDATE cycle_reporter SET state = 'withdrawn', version = version + 1 WHERE id = $1`, p.reporter.ID); err != nil {
		return err
	}
	_, err = ReporterOf(ctx, tx, p.cycle.ID, e.Into.ID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if e.Merged && err != nil && e.Into.ID != convenor.ID && strings.HasPrefix(e.Into.Path, convenor.Path) {
		d.Changes = append(d.Changes, audit.Change{Field: "reporter " + e.Into.Code, To: was})
		x := p.reporter
		if err := callTx(ctx, tx, Reporter{Cycle: x.Cycle, Unit: e.Into.ID, Mode: x.Mode, Choice: x.Choice, Seq: x.Seq}); err != nil {
			return err
		}
		if err := s.fillPosts(ctx, tx, p.cycle); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE cycle SET version = version + 1 WHERE id = $1`, p.cycle.ID)
	return err
}
