package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// Metered is one matter as its ledger's meter counts it. Sums are those of the meter, in thousandths. Dropped is what was
// withdrawn: it is told beside the figures and counts in none of them, as is what was given from the system.
type Metered struct {
	Matter  int64
	Unit    authz.Unit // of whom it was asked
	From    int64      // who asked, 0 where nobody is named
	Kind    string
	Day     string
	Sums    []int64
	Dropped bool
	Held    string // HeldGiven, HeldAgain, HeldOpen or ""
}

// Counts says whether the matter was a burden: neither withdrawn nor given from the system.
func (m Metered) Counts() bool { return !m.Dropped && m.Held != HeldGiven }

// Month is the month of the matter's day: "2022-01".
func (m Metered) Month() string { return m.Day[:7] }

// Thousandths is how the sums of a meter are counted, so that they add up exactly.
const Thousandths = 1000

// MainSum is the place among the sums of the one that stands in front, -1 where there is none.
func (m Meter) MainSum() int {
	if m.Main == "" {
		return len(m.Sums) - 1
	}
	return slices.Index(m.Sums, m.Main)
}

// Metered reads the matters that ask something of a unit or of any below it, from the first day of one month to the last
// of another ("2022-01"), as far as the actor may read them. The order is that of their keys.
func (s *Service) Metered(ctx context.Context, actor authz.Actor, d *Definition, under authz.Unit, from, to string) ([]Metered, error) {
	if d == nil || d.Meter == nil {
		return nil, fault.Missing()
	}
	w, err := s.where(ctx, actor, Filter{Type: d.ID}, s.cal.Today(s.gate.Now()))
	if err != nil {
		return nil, err
	}
	side := "unit"
	if d.Requester {
		side = "requester"
	}
	w.add("m."+side+"_id <> 0 AND m."+side+"_path >= ? AND m."+side+"_path < ?", under.Path, authz.PathEnd(under.Path))
	w.inYears(d.Meter.Date, from, to)
	var out []Metered
	err = store.Each(ctx, s.db, `SELECT m.id, m.`+side+`_id, m.`+side+`_path, m.state_class, m.fields FROM matter m WHERE `+w.plain()+` ORDER BY m.id`, w.args,
		func(rows *sql.Rows) error {
			var x Metered
			var class, fields string
			v := Values{}
			if err := rows.Scan(&x.Matter, &x.Unit.ID, &x.Unit.Path, &class, &fields); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(fields), &v); err != nil {
				return err
			}
			x.Day, x.Kind, x.From, x.Dropped = v[d.Meter.Date].Text, v[d.Meter.By].Text, number(v[d.Meter.From].Text), class == Dropped
			x.Held = d.Held.Answer(v)
			if len(x.Day) < 7 || x.Month() < from || x.Month() > to {
				return nil
			}
			for _, id := range d.Meter.Sums {
				x.Sums = append(x.Sums, thousandths(v[id].Text))
			}
			out = append(out, x)
			return nil
		})
	return out, err
}

// inYears narrows to matters whose date field lies in one of the years of two months. Fields are kept as one text, in
// which a date stands by the field's name.
func (w *where) inYears(field, from, to string) {
	first, _ := strconv.Atoi(from[:4])
	last, _ := strconv.Atoi(to[:4])
	var conds []string
	var args []any
	for y := first; y <= last; y++ {
		conds = append(conds, `m.fields LIKE ? ESCAPE '\'`)
		args = append(args, fmt.Sprintf(`%%"%s":"%04d-%%`, strings.ReplaceAll(field, "_", `\_`), y))
	}
	w.add("("+strings.Join(conds, " OR ")+")", args...)
}

// thousandths reads a canonical number; 0 where there is none.
func thousandths(text string) int64 {
	whole, part, _ := strings.Cut(text, ".")
	n, err := strconv.ParseInt(whole+(part + "000")[:3], 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Name is what a limit is known by where an office sets another figure for it.
func (l Limit) Name() string {
	name := l.Of + "." + l.Kind + "." + l.Per
	if l.Each {
		name += ".each"
	}
	return name
}

// Begins is the first month of the period of the limit in which a month lies.
func (l Limit) Begins(month string) string {
	switch l.Per {
	case "year":
		return month[:4] + "-01"
	case "quarter":
		n, _ := strconv.Atoi(month[5:])
		return fmt.Sprintf("%s-%02d", month[:4], (n-1)/3*3+1)
	}
	return month
}

// SetLimit is a limit in force at a unit: SetBy is the unit whose office set it, 0 where it is the definition's. Off says
// that this office wants none. Said is why, in the office's words.
type SetLimit struct {
	Limit
	SetBy int64
	Off   bool
	Said  string
}

// MeterLimits are the limits of a ledger, the definition's and those that offices set.
type MeterLimits struct {
	own []Limit
	set map[int64]map[string]SetLimit
}

// At lists the limits in force at a unit, in the order of the definition: what the nearest office at or above it has set.
func (l MeterLimits) At(path string) []SetLimit {
	above := org.PathIDs(path)
	out := make([]SetLimit, 0, len(l.own))
	for _, own := range l.own {
		now := SetLimit{Limit: own}
		for _, unit := range above {
			if x, ok := l.set[unit][own.Name()]; ok {
				now.SetBy, now.Off, now.Said = unit, x.Off, x.Said
				if now.AtMost = own.AtMost; !x.Off {
					now.AtMost = x.AtMost
				}
			}
		}
		out = append(out, now)
	}
	return out
}

// Limits reads the limits of a ledger that has a meter.
func (s *Service) Limits(ctx context.Context, d *Definition) (MeterLimits, error) {
	if d == nil || d.Meter == nil {
		return MeterLimits{}, fault.Missing()
	}
	out := MeterLimits{d.Meter.Limits, map[int64]map[string]SetLimit{}}
	err := store.Each(ctx, s.db, `SELECT unit_id, name, at_most, note FROM meter_limit WHERE type = $1`, []any{d.ID}, func(rows *sql.Rows) error {
		var unit int64
		var name string
		var x SetLimit
		err := rows.Scan(&unit, &name, &x.AtMost, &x.Said)
		x.Off = x.AtMost < 0
		if out.set[unit] == nil {
			out.set[unit] = map[string]SetLimit{}
		}
		out.set[unit][name] = x
		return err
	})
	return out, err
}

// MostLimit is the highest limit that can be set.
const MostLimit = 1_000_000

// LimitIn is a limit as a form sets it: AtMost is a whole number, "" for none, and the definition's own where Default.
type LimitIn struct {
	AtMost  string
	Note    string
	Default bool
}

// SetLimits sets the limits of a ledger for a unit and all below it, by their names; what is not named stays. The actor
// needs the right to approve at the unit.
func (s *Service) SetLimits(ctx context.Context, actor authz.Actor, kind string, at authz.Unit, in map[string]LimitIn) error {
	d := s.types.Current(kind)
	limits, err := s.Limits(ctx, d)
	if err != nil {
		return err
	}
	return s.gate.Do(ctx, actor, authz.LedgerApprove, gate.Subject{Kind: "unit", ID: at.ID, Unit: at}, func(tx *store.Tx) (audit.Detail, error) {
		detail := audit.Detail{Note: map[string]string{"step": "limits", "ledger": d.ID}}
		var form fault.Form
		for _, now := range limits.At(at.Path) {
			x, named := in[now.Name()]
			if !named {
				continue
			}
			was := limitText(now)
			if _, err := tx.Exec(ctx, `DELETE FROM meter_limit WHERE unit_id = $1 AND type = $2 AND name = $3`, at.ID, d.ID, now.Name()); err != nil {
				return detail, err
			}
			if x.Default {
				if now.SetBy == at.ID {
					detail.Changes = append(detail.Changes, audit.Change{Field: "limit " + d.ID + "/" + now.Name(), From: was})
				}
				continue
			}
			most := int64(-1)
			if text := strings.TrimSpace(x.AtMost); text != "" {
				if most, err = strconv.ParseInt(text, 10, 64); err != nil || most < 0 || most > MostLimit {
					form.Add(now.Name(), "meter.limit_number", "Most", MostLimit)
					continue
				}
			}
			note := strings.TrimSpace(x.Note)
			if len([]rune(note)) > 200 {
				form.Add(now.Name()+".note", "meter.limit_note", "Most", 200)
				continue
			}
			if _, err := tx.Exec(ctx, `INSERT INTO meter_limit (unit_id, type, name, at_most, note, actor_name, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				at.ID, d.ID, now.Name(), most, note, actor.Name, tx.Now); err != nil {
				return detail, err
			}
			if to := limitText(SetLimit{Limit: Limit{AtMost: int(most)}, Off: most < 0}); to != was {
				detail.Changes = append(detail.Changes, audit.Change{Field: "limit " + d.ID + "/" + now.Name(), From: was, To: to})
			}
		}
		return detail, form.Err()
	})
}

func limitText(l SetLimit) string {
	if l.Off {
		return "–"
	}
	return strconv.Itoa(l.AtMost)
}

// LimitStand is how a unit stands against one limit. Value is in thousandths; of a limit for every asking unit it is that
// of the unit that asked most, From.
type LimitStand struct {
	SetLimit
	Value int64
	From  int64
}

// Over says whether there is more than the limit allows; Full whether nothing more fits under it.
func (l LimitStand) Over() bool { return !l.Off && l.Value > int64(l.AtMost)*Thousandths }

// Full says whether the limit is reached.
func (l LimitStand) Full() bool { return !l.Off && l.Value == int64(l.AtMost)*Thousandths }

// Stand holds a unit's matters against its limits, as the period of each stands at the end of a month. list are the
// matters of that unit, from the beginning of the year at least.
func (m Meter) Stand(list []Metered, limits []SetLimit, month string) []LimitStand {
	out := make([]LimitStand, len(limits))
	for i, l := range limits {
		sums := map[int64]int64{}
		for _, x := range list {
			if !x.Counts() || x.Month() < l.Begins(month) || x.Month() > month || (l.Kind != "" && l.Kind != x.Kind) {
				continue
			}
			from := int64(0)
			if l.Each {
				from = x.From
			}
			sums[from] += m.amount(x, l.Of)
		}
		out[i] = LimitStand{SetLimit: l}
		for from, n := range sums {
			if n > out[i].Value || n == out[i].Value && from < out[i].From {
				out[i].Value, out[i].From = n, from
			}
		}
	}
	return out
}

// amount is what a matter adds to a limit of one thing.
func (m Meter) amount(x Metered, of string) int64 {
	if i := slices.Index(m.Sums, of); i >= 0 {
		return x.Sums[i]
	}
	return Thousandths
}

// MonthsBack is the month so many before another one.
func MonthsBack(month string, n int) string {
	day, err := calendar.ParseDate(month + "-01")
	if err != nil {
		return month
	}
	return day.AddMonths(-n).String()[:7]
}

// Some gives those of the matters that the actor may read, in the order of the keys.
func (s *Service) Some(ctx context.Context, actor authz.Actor, ids []int64) ([]Matter, error) {
	out := make([]Matter, 0, len(ids))
	for part := range slices.Chunk(ids, listBatch) {
		ms, err := mattersByID(ctx, s.db, part)
		if err != nil {
			return nil, err
		}
		for _, m := range ms {
			if s.mayRead(actor, m) {
				out = append(out, m)
			}
		}
	}
	return out, nil
}
