package meeting

import (
	"context"
	"database/sql"

	"plumbline/internal/fault"
	"plumbline/internal/review/cycle"
	"plumbline/internal/store"
)

// Progress implements cycle.Progress: the place in the order, and whether the comment is confirmed. A draft shows as
// nothing yet: the unit in question reads the same page.
func (s *Service) Progress(ctx context.Context, r store.Reader, c cycle.Cycle, units []int64) (map[int64]cycle.Cells, error) {
	out := map[int64]cycle.Cells{}
	m, err := ByCycle(ctx, r, c.ID)
	if fault.KindOf(err) == fault.NotFound {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	slots, err := Slots(ctx, r, m.ID)
	if err != nil {
		return nil, err
	}
	events, err := Events(ctx, r, m.ID)
	if err != nil {
		return nil, err
	}
	confirmed, err := confirmedUnits(ctx, r, m.ID)
	if err != nil {
		return nil, err
	}
	stage := Replay(events)
	for _, u := range units {
		out[u] = cycle.Cells{}
		if id := confirmed[u]; id != 0 {
			out[u][cycle.ColComment] = cycle.Cell{Lamp: cycle.LampDone, Key: "meeting.cell.confirmed", Href: "/comments/" + key(id)}
		} else if stage.State == Ended {
			out[u][cycle.ColComment] = cycle.Cell{Lamp: cycle.LampWait, Key: "meeting.cell.waiting"}
		}
	}
	for i, x := range slots {
		cells, asked := out[x.Unit]
		if !asked {
			continue
		}
		cell := cycle.Cell{Lamp: cycle.LampNone, Key: "meeting.cell.place", Args: []any{"N", i + 1}, Href: "/meetings/" + key(m.ID)}
		switch stage.Turns[x.ID].Phase {
		case Speaking, Paused:
			cell.Lamp, cell.Key = cycle.LampOnTime, "meeting.cell.speaking"
		case Spoken:
			cell.Lamp, cell.Key = cycle.LampDone, "meeting.cell.spoken"
		}
		cells[cycle.ColSlot] = cell
	}
	return out, nil
}

// confirmedUnits gives the chair's confirmed comments by unit.
func confirmedUnits(ctx context.Context, r store.Reader, meeting int64) (map[int64]int64, error) {
	out := map[int64]int64{}
	err := store.Each(ctx, r, `SELECT unit_id, id FROM meeting_comment WHERE meeting_id = $1 AND capacity = 'chair' AND edition > 0`,
		[]any{meeting}, func(rows *sql.Rows) error {
			var unit, id int64
			err := rows.Scan(&unit, &id)
			out[unit] = id
			return err
		})
	return out, err
}

// Tasks implements cycle.Tasks: what the meeting needs of the convenor.
func (s *Service) Tasks(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Task, error) {
	m, err := ByCycle(ctx, r, c.ID)
	if fault.KindOf(err) == fault.NotFound {
		if c.State.AtLeast(cycle.Held) {
			return nil, nil
		}
		return []cycle.Task{{Lamp: cycle.LampWait, Key: "meeting.task.make", Count: 1, Href: "/cycles/" + key(c.ID) + "/meeting"}}, nil
	}
	if err != nil {
		return nil, err
	}
	if m.State == Ended {
		return commentTasks(ctx, r, m)
	}
	all, err := draws(ctx, r, m.ID)
	if err != nil || len(all) == 0 || all[0].DrawnAt != 0 {
		return nil, err
	}
	return []cycle.Task{{Lamp: cycle.LampWait, Key: "meeting.task.draw", Count: 1, Href: "/meetings/" + key(m.ID) + "/draw"}}, nil
}

// commentTasks counts the reporters without a confirmed comment of the chair, and drafts of others that wait.
func commentTasks(ctx context.Context, r store.Reader, m Meeting) ([]cycle.Task, error) {
	var without int
	err := r.QueryRow(ctx, `SELECT COUNT(*) FROM cycle_reporter p WHERE p.cycle_id = $1 AND p.state = 'active' AND NOT EXISTS
		(SELECT 1 FROM meeting_comment k WHERE k.meeting_id = $2 AND k.reporter_id = p.id AND k.capacity = 'chair' AND k.edition > 0)`, m.Cycle, m.ID).Scan(&without)
	if err != nil || without == 0 {
		return nil, err
	}
	return []cycle.Task{{Lamp: cycle.LampSoon, Key: "meeting.task.comments", Count: without, Href: "/cycles/" + key(m.Cycle) + "/comments"}}, nil
}

// Obstacles implements cycle.Obstacles: the comments that are not confirmed, and the reporters without any. What the chair
// drafted may hold problems that nobody would ever hear of: it blocks. Drafts of the level above are not the convenor's
// to know.
func (s *Service) Obstacles(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Obstacle, error) {
	if _, err := ByCycle(ctx, r, c.ID); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return nil, err
	}
	open, err := store.List(ctx, r, `SELECT `+commentColumns+` FROM meeting_comment k WHERE k.cycle_id = $1 AND (k.edition = 0 OR k.pending = 1)
		AND k.capacity <> 'higher' ORDER BY k.reporter_id, k.id`, []any{c.ID}, func(rows *sql.Rows) (Comment, error) { return scanComment(rows) })
	if err != nil {
		return nil, err
	}
	out, said := []cycle.Obstacle{}, map[int64]bool{}
	for _, k := range open {
		if k.Body.Empty() {
			continue
		}
		o := cycle.Obstacle{Unit: k.Unit, Key: "meeting.obstacle.draft", Href: "/comments/" + key(k.ID)}
		switch {
		case k.Voice == OfMember:
			o.Key = "meeting.obstacle.member"
		case len(k.Body.Problems) > 0:
			o.Key, o.Args, o.Blocks = "meeting.obstacle.problems", []any{"Count", len(k.Body.Problems)}, true
		}
		said[k.Unit] = said[k.Unit] || k.Voice == Chair
		out = append(out, o)
	}
	standing, err := StandingOf(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	reporters, err := cycle.Reporters(ctx, r, c.ID)
	for _, p := range reporters {
		if !said[p.Unit] && !standing[p.Unit].Confirmed {
			out = append(out, cycle.Obstacle{Unit: p.Unit, Key: "meeting.obstacle.none", Href: "/cycles/" + key(c.ID) + "/comments"})
		}
	}
	return out, err
}
