package demo

import (
	"fmt"
	"strconv"

	"plumbline/internal/review/cycle"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/report"
)

// county opens a county's own cycle: it reports to the city and convenes its townships. Two of them have handed in,
// the others are writing; the meeting is three weeks away.
func (b *builder) county() error {
	meeting := day(b.today, 21)
	unit := b.units["WC01"]
	b.at(day(b.today, -16), 10, 0)
	office := b.as("donghu-office")
	p, err := b.Rooms.Plans.Create(b.ctx, office, plan.NewPlan{Unit: unit.ID, Year: yearOf(meeting), Name: b.say(text("东湖区"+strconv.Itoa(yearOf(meeting))+"年度考核方案", "Plan of Donghu District"))})
	if err != nil {
		return err
	}
	if _, err := b.Rooms.Plans.Freeze(b.ctx, office, p.ID, p.Version); err != nil {
		return err
	}
	o, err := b.Rooms.Cycles.Open(b.ctx, office, cycle.NewCycle{Unit: unit.ID, Year: yearOf(meeting), Plan: p.ID, MeetingDate: meeting})
	if err != nil {
		return err
	}
	all, err := cycle.Reporters(b.ctx, b.DB, o.Cycle.ID)
	if err != nil {
		return err
	}
	for n, r := range all[:4] {
		b.at(day(b.today, -14+n), 10, 0)
		if err := b.township(o.Cycle, r, n); err != nil {
			return fmt.Errorf("township %d: %w", r.Unit, err)
		}
	}
	return nil
}

// township writes a township's report; the first two hand theirs in, and the first is accepted.
func (b *builder) township(c cycle.Cycle, r cycle.Reporter, n int) error {
	code := b.townships("WC01")[n]
	if _, have := b.who["head-"+code]; !have {
		if err := b.account("head-"+code, "debriefer", code, b.nameOf(r.Person), r.Person); err != nil {
			return err
		}
	}
	themes := b.themesOf(n+30, c.Year, subjects)
	for _, part := range []struct{ key, body string }{{"results", b.say(themes[0].Result)}, {"problems", b.say(themes[1].Problem)}, {"causes", b.say(themes[1].Cause)}} {
		if _, err := b.Rooms.Reports.Save(b.ctx, b.head(code), report.Save{Reporter: r.ID, Part: part.key, Body: part.body}); err != nil {
			return err
		}
		b.tick(5)
	}
	if n > 1 {
		return nil
	}
	number, err := b.submit(r, code)
	if err != nil || n > 0 {
		return err
	}
	return b.Rooms.Reports.Accept(b.ctx, b.as("donghu-office"), r.ID, number)
}
