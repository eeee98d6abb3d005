package demo

import (
	"fmt"

	"plumbline/internal/ledger"
	"plumbline/internal/review/cycle"
)

// fate is what becomes of a finding of last year.
type fate int

const (
	lookedBack fate = iota
	closedDone
	reopened
	notDone
	stillOpen
	atVerifier
)

// fates go round: most findings are put right, some come back, some can't be done.
var fates = []fate{lookedBack, closedDone, lookedBack, closedDone, reopened, closedDone, lookedBack, notDone, closedDone, stillOpen, lookedBack, atVerifier}

// work takes last year's findings through the year; the committee decides before the plans are approved.
func (b *builder) work(c cycle.Cycle, decide func(cycle.Cycle) error) error {
	all, err := b.Rooms.Ledgers.List(b.ctx, b.as("office"), ledger.Filter{Cycle: c.ID, Type: "rectification"}, b.Rooms.Ledgers.Today(b.Now()))
	if err != nil {
		return err
	}
	codes := map[int64]string{}
	for code, u := range b.units {
		codes[u.ID] = code
	}
	steps := []func(m ledger.Matter, who string, th theme, f fate) error{b.claimAndPlan, b.approve, b.progress, b.declare, b.finish}
	days := []int{8, 14, 60, 95, 110}
	for s, step := range steps {
		b.at(day(c.MeetingDate, days[s]), 9, 30)
		for i, m := range all {
			who := "head-" + codes[m.Owner.ID]
			if codes[m.Owner.ID] == "WC" {
				who = "office"
			}
			if err := step(m, who, b.themeOf(m.Title), fates[i%len(fates)]); err != nil {
				return fmt.Errorf("%s of %s, %s: %w", []string{"plan", "approval", "progress", "declaration", "end"}[s], m.Number, who, err)
			}
			b.tick(3)
		}
		if s == 0 {
			if err := decide(c); err != nil {
				return err
			}
		}
	}
	b.at(day(c.MeetingDate, 180), 10, 0)
	return b.lookBack(all)
}

// themeOf finds the subject that a finding speaks of.
func (b *builder) themeOf(title string) theme {
	for _, th := range b.themes {
		if b.say(th.Problem) == title {
			return th
		}
	}
	return b.themes[9]
}

func (b *builder) take(m ledger.Matter, who, step string, values map[string]string, note string) error {
	return b.Rooms.Ledgers.Take(b.ctx, b.as(who), m.ID, ledger.In{Step: step, Values: ledger.Texts(values), Note: note})
}

func (b *builder) claimAndPlan(m ledger.Matter, who string, th theme, f fate) error {
	if err := b.take(m, who, "claim", nil, ""); err != nil {
		return err
	}
	name := b.who[who].name
	return b.take(m, who, "plan", map[string]string{"goal": b.say(th.Goal), "measures": b.say(th.Measure), "leader": name, "responsible": name,
		"lead_unit": fmt.Sprintf("#%d", m.Owner.ID), "due": day(m.Opened, 100)}, "")
}

func (b *builder) approve(m ledger.Matter, who string, th theme, f fate) error {
	approver := "office"
	if who == "office" {
		approver = "chair"
	}
	return b.take(m, approver, "approve", nil, "")
}

func (b *builder) progress(m ledger.Matter, who string, th theme, f fate) error {
	return b.take(m, who, "progress", nil, b.say(th.Progress))
}

func (b *builder) declare(m ledger.Matter, who string, th theme, f fate) error {
	if f == stillOpen || f == notDone {
		return nil
	}
	return b.take(m, who, "declare", map[string]string{"result": b.say(th.Progress), "mechanism": b.say(th.Mechanism)}, "")
}

func (b *builder) finish(m ledger.Matter, who string, th theme, f fate) error {
	switch {
	case f == stillOpen || f == atVerifier || who == "office": // nobody of the city closes the city's own
		return nil
	case f == notDone:
		return b.take(m, "office", "close_not_done", nil, b.say(text("涉及上级权限，本年度无法完成，已报告并转入长期跟踪。", "It lies with a higher level and can't be done this year; it was reported and stays under watch.")))
	}
	if err := b.take(m, "verifier", "verify", nil, b.say(text("现场查看台账和公示，走访群众6人，情况属实。", "Ledger and notices were looked at on the spot and six people asked: it is so."))); err != nil {
		return err
	}
	return b.take(m, "office", "close", map[string]string{"mechanism": b.say(th.Mechanism), "check_every": "half_yearly"}, "")
}

func (b *builder) lookBack(all []ledger.Matter) error {
	for i, m := range all {
		now, err := b.Rooms.Ledgers.Find(b.ctx, b.as("verifier"), m.ID)
		if err != nil {
			return err
		}
		if m.Owner.ID == b.units["WC"].ID || now.State != "closed_done" { // some came back when their mechanism was checked
			continue
		}
		switch fates[i%len(fates)] {
		case lookedBack:
			err = b.Rooms.Ledgers.Take(b.ctx, b.as("verifier"), m.ID, ledger.In{Step: "look_back",
				Note:  b.say(text("回头看未发现反弹，制度仍在执行。", "Nothing has slipped back; the rule is still followed.")),
				Early: b.say(text("与年中督查一并开展，减少对单位的重复检查。", "Done together with the mid-year inspection, so that the unit is visited once."))})
		case reopened:
			err = b.take(m, "verifier", "reopen", map[string]string{"due": day(b.today, 20)}, b.say(text("抽查发现反弹，两处又恢复原状，退回继续整改。", "A spot check found it slipped back in two places; it is reopened.")))
		}
		if err != nil {
			return fmt.Errorf("look-back of %s: %w", m.Number, err)
		}
		b.tick(5)
	}
	return nil
}
