package result

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/review/plan"
)

func (s *stand) letters() LettersView {
	s.t.Helper()
	v, err := s.s.LettersOf(ctx, s.scope(clerk), 9)
	s.must(err)
	return v
}

func TestALetterIsWordedEditedAndIssued(t *testing.T) {
	each(t, func(s *stand) {
		_, err := s.s.Draft(ctx, clerk, 9, Feedback, "zh")
		s.fails(err, fault.Invalid, "fault.result.undecided")
		s.comments[2] = [3][]string{{"good work"}, {"slow", "thin"}, {"go on"}}
		s.decided()
		n, err := s.s.Draft(ctx, clerk, 9, Feedback, "zh")
		s.must(err)
		l := s.letters().Rows[0].Letters[0]
		c := l.Content
		if n != 3 || l.State != LetterDraft || c.Addressee != "北张北同志" || !strings.Contains(c.Opening, "97.62分") || !strings.Contains(c.Opening, "“好”") ||
			!strings.Contains(c.Opening, "2022年1月10日") || !strings.Contains(c.Closing, "2022年2月9日前") || strings.Join(c.Sections[1].Items, " ") != "slow thin" {
			t.Fatalf("%d drafted: %+v", n, c)
		}
		v, err := s.s.Letter(ctx, s.scope(clerk), l.ID)
		s.must(err)
		if len(v.Doubts) > 0 || v.Held || v.Newer {
			t.Errorf("view: %+v", v)
		}
		_, err = s.s.Letter(ctx, s.scope(speaker), l.ID)
		s.fails(err, fault.NotFound, "")
		_, err = s.s.Draft(ctx, clerk, 9, Feedback, "en")
		s.fails(err, fault.Invalid, "fault.result.no_drafts")

		c.Sections[2].Items = []string{"go further"}
		s.must(s.s.Edit(ctx, clerk, l.ID, l.Version, c, ""))
		s.fails(s.s.Edit(ctx, colleague, l.ID, l.Version, c, ""), fault.Stale, "")
		c.Opening = ""
		s.fails(s.s.Edit(ctx, clerk, l.ID, l.Version+1, c, ""), fault.Invalid, "opening:fault.result.opening")
		s.fails(s.s.Issue(ctx, speaker, l.ID, l.Version+1, ""), fault.Forbidden, "")
		s.must(s.s.Issue(ctx, clerk, l.ID, l.Version+1, ""))
		v, err = s.s.Letter(ctx, s.scope(speaker), l.ID)
		s.must(err)
		if v.Letter.Number != "反馈〔2022〕1号" || v.Letter.IssuedOn != "2022-01-10" || v.Letter.Content.Sections[2].Items[0] != "go further" {
			t.Errorf("issued: %+v", v.Letter)
		}
		_, err = s.s.Letter(ctx, s.scope(rival), l.ID)
		s.fails(err, fault.NotFound, "")
		c.Opening = "changed"
		s.fails(s.s.Edit(ctx, clerk, l.ID, v.Letter.Version, c, ""), fault.Invalid, "fault.result.issued")
		s.confirmed()
		n, _, err = s.s.IssueAll(ctx, clerk, 9)
		s.must(err)
		rows := s.letters().Rows
		if n != 2 || rows[1].Letters[0].Number != "反馈〔2022〕2号" || rows[2].Letters[0].No != 3 {
			t.Errorf("%d issued: %+v", n, rows)
		}
		mine, err := s.s.LettersOf(ctx, s.scope(speaker), 9)
		s.must(err)
		if mine.Whole || len(mine.Rows) != 1 || len(mine.Rows[0].Letters) != 1 || mine.Rows[0].Unit.ID != 2 || mine.Decision != nil {
			t.Errorf("the speaker sees %+v", mine)
		}
		list, err := IssuedTo(ctx, s.db, s.scope(rival), 5)
		s.must(err)
		if len(list) != 1 || list[0].Unit != 3 {
			t.Errorf("issued to south: %+v", list)
		}
	})
}

func TestALetterWaitsForTheComment(t *testing.T) {
	each(t, func(s *stand) {
		s.comments[2] = [3][]string{{"good work"}, {"slow"}, nil}
		s.drafts[3] = true
		s.unaccepted[4], s.unaccepted[2] = false, true
		s.decided()
		_, err := s.s.Draft(ctx, clerk, 9, Feedback, "en")
		s.must(err)
		rows := s.letters().Rows
		for i, want := range [][]Doubt{{OpenReport}, {DraftComment}, {NoComment, NoReport}} {
			if !slices.Equal(rows[i].Doubts, want) || rows[i].Held() != (i > 0) {
				s.t.Errorf("unit %d: %v, want %v", rows[i].Unit.ID, rows[i].Doubts, want)
			}
		}
		if c := rows[1].Letters[0].Content.Closing; strings.Contains(c, "every point") || !strings.Contains(rows[0].Letters[0].Content.Closing, "every point") {
			s.t.Errorf("a letter without points closes with %q", c)
		}
		n, left, err := s.s.IssueAll(ctx, clerk, 9)
		s.must(err)
		if n != 1 || left != 2 {
			s.t.Errorf("%d issued, %d left", n, left)
		}
		_, _, err = s.s.IssueAll(ctx, clerk, 9)
		s.fails(err, fault.Invalid, "fault.result.held")
		south, east := rows[1].Letters[0], rows[2].Letters[0]
		s.fails(s.s.Issue(ctx, clerk, south.ID, south.Version, " "), fault.Invalid, "reason:fault.result.draft_comment")
		s.fails(s.s.Issue(ctx, clerk, east.ID, east.Version, ""), fault.Invalid, "reason:fault.result.no_comment")
		s.must(s.s.Issue(ctx, clerk, east.ID, east.Version, " leave of absence "))
		v, err := s.s.Letter(ctx, s.scope(clerk), east.ID)
		s.must(err)
		if v.Letter.Reason != "leave of absence" || v.Letter.State != LetterIssued {
			s.t.Errorf("issued: %+v", v.Letter)
		}
		delete(s.drafts, 3)
		s.comments[3] = [3][]string{nil, {"thin"}, nil}
		s.fails(s.s.Issue(ctx, clerk, south.ID, south.Version, ""), fault.Invalid, "reason:fault.result.old_words")
		list, err := s.s.LettersOf(ctx, s.scope(clerk), 9)
		s.must(err)
		if d := list.Rows[1].Doubts; len(d) == 0 || d[0] != OldWords || !list.Rows[1].Held() {
			s.t.Errorf("the list does not flag a draft without the confirmed points: %v", d)
		}
		s.must(s.s.Redraft(ctx, clerk, south.ID, south.Version))
		s.must(s.s.Issue(ctx, clerk, south.ID, south.Version+1, ""))
	})
}

func TestACorrectedDecisionNeedsANewLetter(t *testing.T) {
	each(t, func(s *stand) {
		s.confirmed()
		s.decided()
		_, err := s.s.Draft(ctx, clerk, 9, Feedback, "en")
		s.must(err)
		rows := s.letters().Rows
		s.must(s.s.Issue(ctx, clerk, rows[0].Letters[0].ID, 1, ""))
		d := s.decision()
		d.Reason, d.Grades[2] = "new facts", Choice{"fairly_good", "an audit came in"}
		_, err = s.s.Decide(ctx, clerk, d)
		s.must(err)
		s.fails(s.s.Issue(ctx, clerk, rows[1].Letters[0].ID, 1, ""), fault.Invalid, "fault.result.old_decision")
		n, err := s.s.Draft(ctx, clerk, 9, Feedback, "en")
		s.must(err)
		rows = s.letters().Rows
		if n != 3 || len(rows[0].Letters) != 2 || len(rows[1].Letters) != 1 || rows[0].Letters[1].State != LetterIssued {
			t.Fatalf("%d: %+v", n, rows)
		}
		if !strings.Contains(rows[0].Letters[0].Content.Opening, "Fairly good") || !strings.Contains(rows[0].Letters[1].Content.Opening, "“Good”") {
			t.Errorf("openings: %s / %s", rows[0].Letters[0].Content.Opening, rows[0].Letters[1].Content.Opening)
		}
		s.must(s.s.Redraft(ctx, clerk, rows[0].Letters[0].ID, rows[0].Letters[0].Version))
	})
}

func TestANotificationReachesItsRange(t *testing.T) {
	cases := map[plan.Range]map[string]int{
		plan.ToUnit:      {"clerk": 3, "speaker": 1, "rival": 1, "villager": -1, "stranger": -1},
		plan.ToReporters: {"clerk": 3, "speaker": 3, "rival": 3, "villager": -1, "stranger": -1},
		plan.ToSubtree:   {"clerk": 3, "speaker": 3, "rival": 3, "villager": 3, "stranger": -1},
		plan.ToPublic:    {"clerk": 3, "speaker": 3, "rival": 3, "villager": 3, "stranger": 3, "nobody": 3},
	}
	who := map[string]authz.Actor{"clerk": clerk, "speaker": speaker, "rival": rival, "villager": villager, "stranger": stranger, "nobody": {}}
	for reach, want := range cases {
		planned := plan.ToPublic
		if reach == plan.ToPublic {
			planned = plan.ToUnit
		}
		t.Run(string(reach), func(t *testing.T) {
			eachWith(t, func(b *plan.Body) { b.Notify = planned }, func(s *stand) {
				s.decided()
				_, err := s.s.Draft(ctx, clerk, 9, Notification, "zh")
				s.must(err)
				v, err := s.s.Notification(ctx, clerk, 9, 0)
				s.must(err)
				for name, actor := range who {
					if _, err := s.s.Notification(ctx, actor, 9, 0); name != "clerk" && fault.KindOf(err) != fault.NotFound {
						s.t.Errorf("%s sees the draft: %v", name, err)
					}
				}
				if v.Letter.Reach != planned {
					s.t.Errorf("drafted for %s, the plan says %s", v.Letter.Reach, planned)
				}
				s.fails(s.s.Edit(ctx, clerk, v.Letter.ID, v.Letter.Version, v.Letter.Content, "everybody"), fault.Invalid, "reach:fault.result.reach")
				s.must(s.s.Edit(ctx, clerk, v.Letter.ID, v.Letter.Version, v.Letter.Content, reach))
				s.must(s.s.Redraft(ctx, clerk, v.Letter.ID, v.Letter.Version+1))
				s.sql(`UPDATE cycle SET state = 'closed' WHERE id = 9`)
				s.must(s.s.Issue(ctx, clerk, v.Letter.ID, v.Letter.Version+2, ""))
				for name, actor := range who {
					_, err := s.s.Led(ctx, actor, v.Letter.ID)
					told, failed := s.s.Notified(ctx, actor, 2)
					s.must(failed)
					if want[name] > 0 != (err == nil) || name != "nobody" && name != "clerk" && name != "stranger" && want[name] > 0 != (len(told) == 1) {
						s.t.Errorf("%s: led %v, told %d", name, err, len(told))
					}
				}
				for name, actor := range who {
					v, err := s.s.Notification(ctx, actor, 9, 0)
					if want[name] <= 0 {
						s.fails(err, fault.NotFound, "")
						continue
					}
					s.must(err)
					n := 0
					for _, g := range v.Groups {
						n += len(g.Units)
						if !v.Whole && g.Heading != "" {
							s.t.Errorf("%s learns from the heading: %s", name, g.Heading)
						}
					}
					if n != want[name] {
						s.t.Errorf("%s sees %d units: %+v", name, n, v.Groups)
					}
				}
			})
		})
	}
}

func TestLettersOfAPackAreChecked(t *testing.T) {
	if l, err := LettersFromPack(fstest.MapFS{}); l != nil || err != nil {
		t.Errorf("no letters: %v %v", l, err)
	}
	good := `{"number":{"zh":"a","en":"a"},"title":{"zh":"a","en":"a"},"addressee":{"zh":"a","en":"a"},"opening":{"zh":"a","en":"OPENING"},
		"sections":{"affirmations":{"zh":"a","en":"a"},"problems":{"zh":"a","en":"a"},"directions":{"zh":"a","en":"a"},"grade":{"zh":"a","en":"a"}},
		"closing":{"zh":"a","en":"a"},"signature":{"zh":"a","en":"a"}}`
	for opening, want := range map[string]string{"{{.Unit}}": "", "{{.Secret}}": "Secret", "{{": "unclosed", "": "lacks its text"} {
		text := []byte(strings.Replace(good, "OPENING", opening, 1))
		_, err := LettersFromPack(fstest.MapFS{"letters/feedback.json": {Data: text}, "letters/notification.json": {Data: text}})
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", opening, err)
		}
	}
}
