package org

import (
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

// What a day is at a unit that differs from the organisation's calendar.
const (
	DayOff  = "off"
	DayWork = "work"
)

// Day is a day on which a unit, and every unit under it that says nothing else, works or does not work apart from the
// organisation's calendar.
type Day struct {
	Unit int64
	Date string
	Kind string
	Name string
}

const maxDayName = 60

// SetDay says what a day is at a unit. The kind "" takes what was said away again. A day says nothing new where the unit
// works, or not, by its calendar anyhow; it is kept all the same, because the calendar above may change.
func (s *Service) SetDay(ctx context.Context, actor authz.Actor, unit int64, in Day) error {
	u, err := UnitByID(ctx, s.r, unit)
	if err != nil {
		return err
	}
	in.Name, in.Unit = strings.TrimSpace(in.Name), unit
	var f fault.Form
	_, bad := calendar.ParseDate(in.Date)
	f.Check(bad == nil, "day", "fault.org.date")
	f.Check(in.Kind == "" || in.Kind == DayOff || in.Kind == DayWork, "kind", "fault.org.day_kind")
	f.Check(in.Kind == "" || in.Name != "", "name", "fault.org.day_name")
	f.Check(utf8.RuneCountInString(in.Name) <= maxDayName, "name", "fault.org.name_long", "Max", maxDayName)
	if err := f.Err(); err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.OrgEdit, gate.Subject{Kind: "unit", ID: unit, Unit: u.Place()}, func(tx *store.Tx) (audit.Detail, error) {
		was, err := dayOf(ctx, tx, unit, in.Date)
		if err != nil {
			return audit.Detail{}, err
		}
		if in.Kind == "" {
			_, err = tx.Exec(ctx, `DELETE FROM unit_calendar WHERE unit_id = $1 AND day = $2`, unit, in.Date)
		} else {
			_, err = tx.Exec(ctx, `INSERT INTO unit_calendar (unit_id, day, kind, name) VALUES ($1, $2, $3, $4)
				ON CONFLICT (unit_id, day) DO UPDATE SET kind = excluded.kind, name = excluded.name`, unit, in.Date, in.Kind, in.Name)
		}
		if err == nil && s.Redated != nil && was.Kind != in.Kind {
			err = s.Redated(ctx, tx, u)
		}
		return audit.Detail{Changes: changes("day "+in.Date, was.Kind, in.Kind, "day_name", was.Name, in.Name)}, err
	})
}

func dayOf(ctx context.Context, r store.Reader, unit int64, date string) (Day, error) {
	found, err := store.List(ctx, r, `SELECT unit_id, day, kind, name FROM unit_calendar WHERE unit_id = $1 AND day = $2`, []any{unit, date}, scanDay)
	if err != nil || len(found) == 0 {
		return Day{}, err
	}
	return found[0], nil
}

func scanDay(rows *sql.Rows) (d Day, err error) {
	err = rows.Scan(&d.Unit, &d.Date, &d.Kind, &d.Name)
	return d, err
}

// Days lists what is said of days at a unit and above it, in the order of the days; of one day the farthest above comes
// first and the unit's own word, which holds, last.
func Days(ctx context.Context, r store.Reader, at authz.Unit) ([]Day, error) {
	ids := PathIDs(at.Path)
	if len(ids) == 0 {
		return nil, nil
	}
	marks, args := placeholders(ids)
	return store.List(ctx, r, `SELECT c.unit_id, c.day, c.kind, c.name FROM unit_calendar c JOIN unit u ON u.id = c.unit_id
		WHERE c.unit_id IN (`+marks+`) ORDER BY c.day, u.path`, args, scanDay)
}

// CalendarAt is the calendar by which a unit works: the organisation's, with what the units above it and it itself say.
func CalendarAt(ctx context.Context, r store.Reader, base *calendar.Calendar, at authz.Unit) (*calendar.Calendar, error) {
	days, err := Days(ctx, r, at)
	if err != nil || len(days) == 0 {
		return base, err
	}
	said := map[calendar.Date]bool{}
	for _, d := range days {
		if date, err := calendar.ParseDate(d.Date); err == nil {
			said[date] = d.Kind == DayWork
		}
	}
	return base.With(said), nil
}
