package cycle

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// mostReporters bounds a cycle; one meeting hears far fewer.
const mostReporters = 2000

// SetReporters says who reports and how, in this order. Whoever is left out is withdrawn; nothing of theirs is lost, and
// calling them again brings it back. Refused once the meeting is over.
func (s *Service) SetReporters(ctx context.Context, actor authz.Actor, id int64, version int, calls []Call) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if err := beforeMeeting(c); err != nil {
			return audit.Detail{}, err
		}
		unit, err := org.UnitByID(ctx, tx, c.Unit)
		if err != nil {
			return audit.Detail{}, err
		}
		changes, err := s.replaceReporters(ctx, tx, *c, unit, calls)
		return audit.Detail{Changes: changes}, err
	})
}

func checkCalls(ctx context.Context, r store.Reader, convenor org.Unit, calls []Call) (map[int64]org.Unit, error) {
	var ids []int64
	for _, x := range calls {
		ids = append(ids, x.Unit)
	}
	units, err := org.UnitsByID(ctx, r, ids)
	if err != nil {
		return nil, err
	}
	var form fault.Form
	form.Check(len(calls) <= mostReporters, "reporters", "fault.cycle.many_reporters", "Max", mostReporters)
	seen := map[int64]bool{}
	for _, x := range calls {
		field := fmt.Sprintf("unit-%d", x.Unit)
		u, known := units[x.Unit]
		form.Check(known && u.ID != convenor.ID && strings.HasPrefix(u.Path, convenor.Path), field, "fault.cycle.not_below", "Unit", u.Name)
		form.Check(!seen[x.Unit], field, "fault.cycle.doubled", "Unit", u.Name)
		form.Check(x.Mode == Oral || x.Mode == Written, field, "fault.cycle.mode")
		form.Check(x.Choice == Required || x.Choice == Selected, field, "fault.cycle.choice")
		seen[x.Unit] = true
	}
	return units, form.Err()
}

// replaceReporters brings the reporters of a cycle to the list, fills in who holds their posts, and tells what changed.
func (s *Service) replaceReporters(ctx context.Context, tx *store.Tx, c Cycle, convenor org.Unit, calls []Call) ([]audit.Change, error) {
	units, err := checkCalls(ctx, tx, convenor, calls)
	if err != nil {
		return nil, err
	}
	have, err := Reporters(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	was := map[int64]Reporter{}
	for _, p := range have {
		was[p.Unit] = p
	}
	_, err = tx.Exec(ctx, `UPDATE cycle_reporter SET state = 'withdrawn' WHERE cycle_id = $1`, c.ID)
	if err != nil {
		return nil, err
	}
	var changes []audit.Change
	for i, x := range calls {
		if err := callTx(ctx, tx, Reporter{Cycle: c.ID, Unit: x.Unit, Mode: x.Mode, Choice: x.Choice, Seq: i + 1}); err != nil {
			return nil, err
		}
		now := string(x.Mode) + "/" + string(x.Choice)
		if before := called(was, x.Unit); before != now {
			changes = append(changes, audit.Change{Field: "reporter " + units[x.Unit].Code, From: before, To: now})
		}
		delete(was, x.Unit)
	}
	for _, p := range have {
		if _, gone := was[p.Unit]; gone {
			changes = append(changes, audit.Change{Field: fmt.Sprintf("reporter unit %d", p.Unit), From: called(was, p.Unit)})
		}
	}
	return changes, s.fillPosts(ctx, tx, c)
}

// callTx calls a unit to report, for the first time or again.
func callTx(ctx context.Context, tx *store.Tx, x Reporter) error {
	_, err := tx.Exec(ctx, `INSERT INTO cycle_reporter (cycle_id, unit_id, person_id, post_id, mode, choice, seq, state, version)
		VALUES ($1, $2, 0, 0, $3, $4, $5, 'active', 1) ON CONFLICT (cycle_id, unit_id) DO UPDATE
		SET mode = excluded.mode, choice = excluded.choice, seq = excluded.seq, state = 'active', version = cycle_reporter.version + 1`,
		x.Cycle, x.Unit, x.Mode, x.Choice, x.Seq)
	return err
}

func called(was map[int64]Reporter, unit int64) string {
	p, ok := was[unit]
	if !ok {
		return ""
	}
	return string(p.Mode) + "/" + string(p.Choice)
}

// fillPosts finds the reporting post of every reporter and who holds it on the day of the meeting. Of several such posts
// one that is held goes before a vacant one, then the order of the pack's kinds decides.
func (s *Service) fillPosts(ctx context.Context, tx *store.Tx, c Cycle) error {
	type found struct {
		post, person int64
		rank         int
	}
	best := map[int64]found{}
	err := store.Each(ctx, tx, `SELECT p.unit_id, p.id, p.kind, COALESCE(t.person_id, 0) FROM cycle_reporter r
		JOIN post p ON p.unit_id = r.unit_id AND (p.from_date = '' OR p.from_date <= $2) AND (p.to_date = '' OR p.to_date > $2)
		LEFT JOIN tenure t ON t.post_id = p.id AND (t.from_date = '' OR t.from_date <= $2) AND (t.to_date = '' OR t.to_date > $2)
		WHERE r.cycle_id = $1 AND r.state = 'active' ORDER BY p.id, t.from_date DESC`, []any{c.ID, c.MeetingDate}, func(rows *sql.Rows) error {
		var unit int64
		var f found
		var kind string
		if err := rows.Scan(&unit, &f.post, &kind, &f.person); err != nil {
			return err
		}
		if f.rank = s.rank(kind, f.person != 0); f.rank < 0 {
			return nil
		}
		if b, have := best[unit]; !have || f.rank < b.rank {
			best[unit] = f
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE cycle_reporter SET post_id = 0, person_id = 0 WHERE cycle_id = $1`, c.ID); err != nil {
		return err
	}
	for unit, f := range best {
		if _, err := tx.Exec(ctx, `UPDATE cycle_reporter SET post_id = $1, person_id = $2 WHERE cycle_id = $3 AND unit_id = $4`,
			f.post, f.person, c.ID, unit); err != nil {
			return err
		}
	}
	return nil
}

// rank orders the posts of a unit: smaller goes first, -1 is no reporting post.
func (s *Service) rank(kind string, held bool) int {
	for i, k := range s.posts {
		if k == kind {
			if held {
				return i
			}
			return i + len(s.posts)
		}
	}
	return -1
}

// holdersAtMeeting writes down who held the reporting posts on the day of the meeting, at the moment when the meeting is
// over; from then on nothing changes them.
func holdersAtMeeting(ctx context.Context, tx *store.Tx, c Cycle) error {
	_, err := tx.Exec(ctx, `UPDATE cycle_reporter SET person_id = COALESCE((SELECT t.person_id FROM tenure t
		WHERE t.post_id = cycle_reporter.post_id AND (t.from_date = '' OR t.from_date <= $2) AND (t.to_date = '' OR t.to_date > $2)
		ORDER BY t.from_date DESC LIMIT 1), 0) WHERE cycle_id = $1 AND state = 'active'`, c.ID, c.MeetingDate)
	return err
}

// RefreshHolders looks again who holds the reporting posts on the day of the meeting, as after somebody took office.
func (s *Service) RefreshHolders(ctx context.Context, actor authz.Actor, id int64, version int) (Cycle, error) {
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if err := beforeMeeting(c); err != nil {
			return audit.Detail{}, err
		}
		return audit.Detail{Note: map[string]string{"holders": c.MeetingDate}}, s.fillPosts(ctx, tx, *c)
	})
}

// Draw is one draw of lots for a cycle: of the selected reporters the first Oral in LotOrder speak, the others write.
type Draw struct {
	Seed    string
	Oral    int
	Codes   []string // the codes of the units in the order drawn
	DrawnAt int64
}

// DrawModes draws lots among the selected reporters: oral of them speak, the others report in writing. The seed is to be
// published; LotOrder and the units' codes give the same to anyone.
func (s *Service) DrawModes(ctx context.Context, actor authz.Actor, id int64, version int, seed string, oral int) (Cycle, error) {
	seed = strings.TrimSpace(seed)
	var form fault.Form
	form.Check(len(seed) >= 4 && len(seed) <= 200, "seed", "fault.cycle.seed")
	form.Check(oral >= 0 && oral <= mostReporters, "oral", "fault.cycle.oral", "Max", mostReporters)
	if err := form.Err(); err != nil {
		return Cycle{}, err
	}
	return s.manage(ctx, actor, id, version, func(tx *store.Tx, c *Cycle) (audit.Detail, error) {
		if err := beforeMeeting(c); err != nil {
			return audit.Detail{}, err
		}
		order, err := s.drawTx(ctx, tx, *c, seed, oral)
		return audit.Detail{Note: map[string]string{"seed": seed, "oral": fmt.Sprint(oral), "order": strings.Join(order, " ")}}, err
	})
}

func (s *Service) drawTx(ctx context.Context, tx *store.Tx, c Cycle, seed string, oral int) ([]string, error) {
	all, err := Reporters(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, p := range all {
		if p.Choice == Selected {
			ids = append(ids, p.Unit)
		}
	}
	units, err := org.UnitsByID(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	byCode := map[string]int64{}
	var codes []string
	for _, u := range units {
		byCode[u.Code] = u.ID
		codes = append(codes, u.Code)
	}
	if len(codes) == 0 || oral > len(codes) {
		var form fault.Form
		form.Add("oral", "fault.cycle.oral", "Max", len(codes))
		return nil, form.Err()
	}
	order := LotOrder(seed, codes)
	for i, code := range order {
		mode := Written
		if i < oral {
			mode = Oral
		}
		if _, err := tx.Exec(ctx, `UPDATE cycle_reporter SET mode = $1 WHERE cycle_id = $2 AND unit_id = $3`, mode, c.ID, byCode[code]); err != nil {
			return nil, err
		}
	}
	_, err = tx.Exec(ctx, `INSERT INTO cycle_draw (cycle_id, seed, oral, codes, drawn_at) VALUES ($1, $2, $3, $4, $5)`,
		c.ID, seed, oral, strings.Join(order, " "), tx.Now)
	return order, err
}

// Draws lists the draws of a cycle, the latest first. They are public inside the organisation.
func Draws(ctx context.Context, r store.Reader, cycle int64) ([]Draw, error) {
	return store.List(ctx, r, `SELECT seed, oral, codes, drawn_at FROM cycle_draw WHERE cycle_id = $1 ORDER BY id DESC`, []any{cycle},
		func(rows *sql.Rows) (d Draw, err error) {
			var codes string
			err = rows.Scan(&d.Seed, &d.Oral, &codes, &d.DrawnAt)
			d.Codes = strings.Fields(codes)
			return d, err
		})
}
