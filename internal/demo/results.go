package demo

import (
	"fmt"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/result"
)

// sheets fills in the check-sheets of every reporter. Of open ones the last two units' field assessment is missing and
// the one before is not locked.
func (b *builder) sheets(c cycle.Cycle, open bool) error {
	all, err := cycle.Reporters(b.ctx, b.DB, c.ID)
	if err != nil {
		return err
	}
	lines := map[string][]string{"ordinary": {"studies", "late", "matters", "spread"}, "field": {"untrue", "base", "promise", "public"}}
	for _, part := range []string{"ordinary", "field"} {
		for n, r := range all {
			left := len(all) - n
			if open && part == "field" && left <= 2 {
				continue
			}
			entries := map[string]result.Entry{}
			for i, line := range lines[part] {
				if times := (n*7 + i*5 + c.Year) % 4; times > 0 && (n+i)%2 == 0 {
					entries[line] = result.Entry{Times: times}
				}
			}
			_, err := b.Rooms.Results.Save(b.ctx, b.as("office"), result.SaveSheet{Cycle: c.ID, At: result.Cell{Unit: r.Unit, Part: part},
				Entries: entries, Lock: !open || part != "field" || left > 3})
			if err != nil {
				return fmt.Errorf("check-sheet %s of unit %d: %w", part, r.Unit, err)
			}
			b.tick(2)
		}
	}
	return nil
}

// decide fixes the result and records the committee's decision: in one case it departs from the suggestion.
func (b *builder) decide(c cycle.Cycle) error {
	office := b.as("office")
	v, err := b.Rooms.Results.Look(b.ctx, authz.Everything(), c.ID, 0)
	if err != nil {
		return err
	}
	fixed, err := b.Rooms.Results.Fix(b.ctx, office, c.ID, v.Now)
	if err != nil {
		return err
	}
	groups, err := org.GroupsOf(b.ctx, b.DB, b.units["WC"].ID, c.MeetingDate)
	if err != nil {
		return err
	}
	in := result.Decide{Cycle: c.ID, Result: fixed.No, MetOn: day(c.MeetingDate, 11), Grades: map[int64]result.Choice{}}
	for _, g := range groups {
		if g.Kind == "standing_committee" {
			in.Group, in.Body = g.ID, b.say(text(g.Name, g.NameEn))
		}
	}
	below, last := 0, int64(0)
	for _, u := range v.Record.Units {
		if u.Suggested == "good" {
			last = u.Unit
		}
	}
	for _, u := range v.Record.Units {
		choice := result.Choice{Grade: u.Suggested}
		if u.Unit == last {
			choice = result.Choice{Grade: "fairly_good", Reason: b.say(text("一项重点任务逾期，常委会研究降一个等次。", "One key task is overdue; the committee sets it one grade lower."))}
		}
		if choice.Grade != "good" {
			below++
		}
		in.Grades[u.Unit] = choice
	}
	if v.Record.Quota != nil && below < 3 {
		in.QuotaReason = b.say(text("本年度整体完成较好，经研究不再调整。", "The year went well as a whole; the committee leaves it so."))
	}
	b.at(day(c.MeetingDate, 11), 15, 0)
	if _, err := b.Rooms.Results.Decide(b.ctx, office, in); err != nil {
		return err
	}
	return b.letters(c)
}

func (b *builder) letters(c cycle.Cycle) error {
	b.at(day(c.MeetingDate, 12), 9, 0)
	for _, kind := range []result.Kind{result.Feedback, result.Notification} {
		if _, err := b.Rooms.Results.Draft(b.ctx, b.as("editor"), c.ID, kind, b.lang); err != nil {
			return err
		}
	}
	if _, _, err := b.Rooms.Results.IssueAll(b.ctx, b.as("editor"), c.ID); err != nil {
		return err
	}
	v, err := b.Rooms.Results.Notification(b.ctx, b.as("editor"), c.ID, 0)
	if err != nil {
		return err
	}
	return b.Rooms.Results.Issue(b.ctx, b.as("editor"), v.Letter.ID, v.Letter.Version, "")
}
