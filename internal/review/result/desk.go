package result

import (
	"context"
	"fmt"

	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/store"
)

// PathOf is the address of a cycle's result.
func PathOf(cycleID int64) string { return fmt.Sprintf("/cycles/%d/result", cycleID) }

// Progress says of every unit which grade it was told. A grade that was decided but told to nobody is not shown: a unit
// learns it by letter or by notification.
func (s *Service) Progress(ctx context.Context, r store.Reader, c cycle.Cycle, units []int64) (map[int64]cycle.Cells, error) {
	decisions, err := Decisions(ctx, r, c.ID)
	if err != nil || len(decisions) == 0 {
		return nil, err
	}
	letters, err := lettersOf(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	p, err := plan.ByID(ctx, r, c.Plan)
	if err != nil {
		return nil, err
	}
	out := map[int64]cycle.Cells{}
	for _, unit := range units {
		cell := cycle.Cell{Lamp: cycle.LampWait, Key: "result.cell.decided"}
		if grade, href := told(decisions, letters, unit); grade != "" {
			def, _ := p.Body.Grade(grade)
			cell = cycle.Cell{Lamp: cycle.LampDone, Key: "result.cell.grade", Args: []any{"Zh", def.Name.In("zh"), "En", def.Name.In("en")}, Href: href}
		}
		out[unit] = cycle.Cells{cycle.ColGrade: cell}
	}
	return out, nil
}

// told gives the grade that the newest issued letter or notification told a unit, and where it stands.
func told(decisions []Decision, letters []Letter, unit int64) (grade, href string) {
	for _, l := range letters {
		if l.State != LetterIssued || l.Kind == Feedback && l.Unit != unit {
			continue
		}
		for _, d := range decisions {
			if d.ID == l.Decision {
				g, _ := d.Of(unit)
				return g.Grade, l.Path()
			}
		}
	}
	return "", ""
}

// Path is the address of a letter's page.
func (l Letter) Path() string {
	if l.Kind == Notification {
		return fmt.Sprintf("/cycles/%d/notification", l.Cycle)
	}
	return fmt.Sprintf("/letters/%d", l.ID)
}

// Tasks says what the convenor's hand is needed for, from the end of the meeting on.
func (s *Service) Tasks(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Task, error) {
	if !c.State.AtLeast(cycle.Held) || c.State == cycle.Closed {
		return nil, nil
	}
	decisions, err := Decisions(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	if len(decisions) > 0 {
		return s.letterTasks(ctx, r, c, decisions[0])
	}
	results, err := Results(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	if len(results) > 0 {
		return []cycle.Task{{Lamp: cycle.LampSoon, Key: "result.task.decide", Count: 1, Href: fmt.Sprintf("/cycles/%d/decision", c.ID)}}, nil
	}
	in, err := s.gather(ctx, r, c)
	if err != nil {
		return nil, err
	}
	if n := len(in.gaps()); n > 0 {
		return []cycle.Task{{Lamp: cycle.LampSoon, Key: "result.task.gaps", Count: n, Href: PathOf(c.ID)}}, nil
	}
	return []cycle.Task{{Lamp: cycle.LampSoon, Key: "result.task.fix", Count: 1, Href: PathOf(c.ID)}}, nil
}

func (s *Service) letterTasks(ctx context.Context, r store.Reader, c cycle.Cycle, d Decision) ([]cycle.Task, error) {
	if s.letters == nil {
		return nil, nil
	}
	letters, err := lettersOf(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	told, notified := map[int64]bool{}, false
	for _, l := range letters {
		if l.State == LetterIssued && l.Decision == d.ID {
			told[l.Unit] = true
			notified = notified || l.Kind == Notification
		}
	}
	left := 0
	for _, g := range d.Grades {
		if !told[g.Unit] {
			left++
		}
	}
	var out []cycle.Task
	if left > 0 {
		out = append(out, cycle.Task{Lamp: cycle.LampSoon, Key: "result.task.letters", Count: left, Href: fmt.Sprintf("/cycles/%d/letters", c.ID)})
	}
	if !notified {
		out = append(out, cycle.Task{Lamp: cycle.LampSoon, Key: "result.task.notify", Count: 1, Href: fmt.Sprintf("/cycles/%d/notification", c.ID)})
	}
	return out, nil
}

// Obstacles implements cycle.Obstacles: the letters and the notification about the newest decision that are not issued.
func (s *Service) Obstacles(ctx context.Context, r store.Reader, c cycle.Cycle) ([]cycle.Obstacle, error) {
	if s.letters == nil {
		return nil, nil
	}
	decisions, err := Decisions(ctx, r, c.ID)
	if err != nil || len(decisions) == 0 {
		return nil, err
	}
	letters, err := lettersOf(ctx, r, c.ID)
	if err != nil {
		return nil, err
	}
	told := map[int64]bool{} // unit 0: by the notification
	for _, l := range letters {
		told[l.Unit] = told[l.Unit] || l.State == LetterIssued && l.Decision == decisions[0].ID
	}
	out := []cycle.Obstacle{}
	for _, unit := range decisions[0].units() {
		if !told[unit] {
			out = append(out, cycle.Obstacle{Unit: unit, Key: "result.obstacle.letter", Href: fmt.Sprintf("/cycles/%d/letters", c.ID)})
		}
	}
	if !told[0] {
		out = append(out, cycle.Obstacle{Key: "result.obstacle.notification", Href: fmt.Sprintf("/cycles/%d/notification", c.ID)})
	}
	return out, nil
}
