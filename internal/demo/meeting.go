package demo

import (
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
)

// hold holds the meeting of a cycle: roll, lots, every speaker in turn with a question, and the comments. Those of the
// reporters in waiting stay drafts.
func (b *builder) hold(c cycle.Cycle, waiting int) error {
	office := b.as("office")
	b.at(day(c.MeetingDate, -7), 15, 0)
	id, err := b.Rooms.Meetings.Create(b.ctx, office, c.ID, meeting.Facts{Start: "09:00", Place: b.say(text("市委会议中心一号会议室", "Conference centre, hall one")), Presider: b.heads["WC secretary"]})
	if err != nil {
		return err
	}
	if err := b.callRoll(id); err != nil {
		return err
	}
	b.at(day(c.MeetingDate, -1), 16, 0)
	if err := b.Rooms.Meetings.Draw(b.ctx, office, id, b.say(text("望川同心", "one heart"))); err != nil {
		return err
	}
	if err := b.speeches(c, id); err != nil {
		return err
	}
	return b.comments(c, id, waiting)
}

// callRoll calls the committee to class A and the two groups to class B.
func (b *builder) callRoll(id int64) error {
	groups, err := org.GroupsOf(b.ctx, b.DB, b.units["WC"].ID, day(b.today, -1))
	if err != nil {
		return err
	}
	for _, g := range groups {
		capacity, class := meeting.Rater, "B"
		if g.Kind == "standing_committee" {
			capacity, class = meeting.Member, "A"
		}
		if _, err := b.Rooms.Meetings.CallGroup(b.ctx, b.as("office"), id, g.ID, capacity, class); err != nil {
			return err
		}
	}
	return nil
}

// speeches runs the meeting as its host does.
func (b *builder) speeches(c cycle.Cycle, id int64) error {
	office := b.as("office")
	b.at(c.MeetingDate, 8, 52)
	roll, err := meeting.ReadRoll(b.ctx, b.DB, id)
	if err != nil {
		return err
	}
	var calls []int64
	for i, call := range roll.Calls {
		if i%19 != 7 { // one in nineteen can't come
			calls = append(calls, call.ID)
		}
	}
	if _, err := b.Rooms.Meetings.MarkAll(b.ctx, office, id, calls); err != nil {
		return err
	}
	b.at(c.MeetingDate, 9, 0)
	live := func(step meeting.Step, slot int64) error {
		return b.Rooms.Meetings.Live(b.ctx, office, id, step, slot, "")
	}
	if err := live(meeting.Open, 0); err != nil {
		return err
	}
	slots, err := meeting.Slots(b.ctx, b.DB, id)
	if err != nil {
		return err
	}
	for n, s := range slots {
		b.tick(2)
		if err := live(meeting.Start, s.ID); err != nil {
			return err
		}
		b.tick(8 + n%3)
		if err := live(meeting.Stop, s.ID); err != nil {
			return err
		}
		if err := b.question(c, id, s.Reporter, n); err != nil {
			return err
		}
		b.tick(3)
	}
	b.tick(35)
	return live(meeting.Close, 0)
}

func (b *builder) question(c cycle.Cycle, id, reporter int64, n int) error {
	asks := []string{
		b.say(text("去年承诺的两项还没有完成，卡在什么地方，今年怎么保证？", "Two of last year's pledges are not kept: what stands in the way, and what makes this year different?")),
		b.say(text("村里反映同一张表一年填了五次，你们减掉了哪些？", "Villages say that they filled in the same form five times this year: which ones did you drop?")),
		b.say(text("企业诉求转办三次以上的还有多少，谁负责？", "How many requests of enterprises were passed on more than twice, and who answers for it?")),
	}
	askers := []string{b.say(text("党代表", "A delegate")), b.say(text("社区党员代表", "A member from a community")), b.say(text("企业代表", "A representative of enterprises"))}
	q, err := b.Rooms.Meetings.Ask(b.ctx, b.as("office"), id, reporter, askers[n%3], asks[n%3])
	if err != nil {
		return err
	}
	b.tick(2)
	return b.Rooms.Meetings.Answer(b.ctx, b.as("office"), q, meeting.Answered{Version: 1, Answered: true,
		Answer: b.say(text("如实说明了情况，承诺两个月内给出办理结果。", "The facts were stated; an outcome was promised within two months."))})
}

// comments writes the chair's comment on every reporter and the higher level's on the city.
func (b *builder) comments(c cycle.Cycle, id int64, waiting int) error {
	all, err := cycle.Reporters(b.ctx, b.DB, c.ID)
	if err != nil {
		return err
	}
	b.at(c.MeetingDate, 14, 30)
	for n, r := range all {
		themes := b.themesOf(n, c.Year, subjects)
		body := meeting.Body{Affirm: b.say(themes[2].Result), Direct: b.say(themes[0].Goal)}
		for i, th := range themes[:2] {
			p := meeting.Problem{Key: []string{"p1", "p2"}[i], Text: b.say(th.Problem)}
			if n == 0 && i == 1 {
				p.Common, p.Units = true, []int64{all[1].Unit, all[4].Unit}
			}
			body.Problems = append(body.Problems, p)
		}
		if err := b.comment("chair", id, r.ID, body, n < len(all)-waiting); err != nil {
			return err
		}
		b.tick(3)
	}
	higher := meeting.Body{Affirm: b.say(text("会前准备充分，述职直面问题，点评有力度。", "Well prepared; the reports faced the problems and the comments had weight.")),
		Problems: []meeting.Problem{{Key: "p1", Text: b.say(text("对县区年度重点任务的跟踪督促不够及时，部分问题连续两年出现。", "Follow-up of the counties' key tasks comes late; some problems appear two years running."))}},
		Direct:   b.say(text("建立问题销号的日常核查机制。", "Set up everyday verification of closed problems."))}
	return b.comment("observer", id, 0, higher, waiting == 0)
}

func (b *builder) comment(login string, id, reporter int64, body meeting.Body, confirm bool) error {
	who := b.as(login)
	comment, err := b.Rooms.Meetings.Begin(b.ctx, who, id, reporter)
	if err != nil {
		return err
	}
	now, err := meeting.CommentByID(b.ctx, b.DB, comment)
	if err != nil {
		return err
	}
	version, err := b.Rooms.Meetings.Save(b.ctx, who, comment, now.Version, body)
	if err != nil || !confirm {
		return err
	}
	b.tick(1)
	return b.Rooms.Meetings.Confirm(b.ctx, who, comment, version)
}
