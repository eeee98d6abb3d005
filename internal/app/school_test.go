package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/ballot"
	"plumbline/internal/ledger"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/report"
	"plumbline/internal/review/result"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/wording"
)

// schoolPack is another domain: a school district with its own roles, plan, ledger and words. Its terms.json holds only
// the words that differ; the others are neutral ones of the default pack.
func schoolPack(t *testing.T) *pack.Pack {
	t.Helper()
	files := fstest.MapFS{}
	root := filepath.Join("testdata", "school")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(name)] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	base, own := wording.Terms{}, wording.Terms{}
	if err := pack.ReadJSON(party.Files(), "terms.json", &base); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(files["terms.json"].Data, &own); err != nil {
		t.Fatal(err)
	}
	for lang, words := range own {
		for term, word := range words {
			base[lang][term] = word
		}
	}
	merged, _ := json.Marshal(base)
	files["terms.json"] = &fstest.MapFile{Data: merged}
	p, err := pack.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// district is the running program of the school district.
type district struct {
	*apptest.House
	t                       *testing.T
	ctx                     context.Context
	bureau, inspector       authz.Actor
	heads, counters         []authz.Actor
	office, headPage, count *apptest.Browser
}

func (d *district) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// partyWords are words of the other domain, and of its country.
var partyWords = regexp.MustCompile(`(?i)党|述职|组织部|书记|常委|领导小组|街道|点评|整改|回头看|反馈意见书|市委|\bparty\b|debrief|rectif|secretar|standing committee|look-back|pledge`)

var markup = regexp.MustCompile(`(?s)<(script|style|head)\b.*?</(script|style|head)>|<[^>]*>`)

// pages opens pages in both languages and looks for words of the other domain.
func (d *district) pages(b *apptest.Browser, paths ...string) {
	d.t.Helper()
	b.Again()
	for _, path := range paths {
		for _, lang := range []string{"zh", "en"} {
			b.Lang = lang
			a := b.Must(http.StatusOK, b.Get(path))
			text := markup.ReplaceAllString(a.Body, " ")
			for _, at := range partyWords.FindAllStringIndex(text, 3) {
				d.t.Errorf("%s in %s speaks of %q: …%s…", path, lang, text[at[0]:at[1]], strings.Join(strings.Fields(text[max(0, at[0]-60):min(len(text), at[1]+60)]), " "))
			}
		}
	}
}

// The same loop runs for a school district: nothing in the engine knows of the domain of the default pack.
func TestASchoolDistrictRunsTheSameLoop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		d := &district{House: apptest.Open(t, db, clock, schoolPack(t)), t: t, ctx: context.Background()}
		d.AddUnits("D - district 学区", "S1 D school 一校", "S2 D school 二校")
		d.bureau, d.inspector = d.Actor("bureau", 0, "bureau@D"), d.Actor("inspector", 0, "inspector@D")
		for i, code := range []string{"S1", "S2"} {
			person, _ := d.AddPerson("校长"+code, "head_teacher", code, "2020-01-01")
			d.heads = append(d.heads, d.Actor("head"+code, person, "head@"+code))
			d.counters = append(d.counters, d.Actor(fmt.Sprint("counter", i), 0, "counter@D"))
		}
		d.office, d.headPage, d.count = d.As("office", "bureau@D"), d.As("page", "head@S1"), d.As("count", "counter@D")
		first := d.year("2022-01-25", 0)
		findings := d.improve(first)
		d.closeCycle(first)
		clock.Set(time.Date(2022, 11, 1, 1, 0, 0, 0, time.UTC))
		next := d.openCycle("2023-01-17", first.Plan)
		d.carried(next, findings)
		d.everywhere(first)
		if _, err := audit.Verify(d.ctx, d.DB, nil); err != nil {
			t.Error(err)
		}
	})
}

func (d *district) openCycle(date string, from int64) cycle.Cycle {
	d.t.Helper()
	unit := d.Units["D"].ID
	year := int(date[3]-'0') + 2020
	p, err := d.Rooms.Plans.Create(d.ctx, d.bureau, plan.NewPlan{Unit: unit, Year: year, Name: date, From: from})
	d.must(err)
	o, err := d.Rooms.Cycles.Open(d.ctx, d.bureau, cycle.NewCycle{Unit: unit, Year: year, Plan: p.ID, MeetingDate: date})
	d.must(err)
	return o.Cycle
}

// year runs one cycle from its plan to the decision.
func (d *district) year(date string, from int64) cycle.Cycle {
	d.t.Helper()
	c := d.openCycle(date, from)
	reporters, err := cycle.Reporters(d.ctx, d.DB, c.ID)
	d.must(err)
	if len(reporters) != 2 {
		d.t.Fatalf("%d schools report", len(reporters))
	}
	for i, r := range reporters {
		d.report(r, d.heads[i])
	}
	d.pages(d.office, "/", "/cycles", fmt.Sprint("/cycles/", c.ID), fmt.Sprint("/plans/", c.Plan), "/units", "/matters")
	d.pages(d.headPage, "/", "/matters")
	d.Clock.Set(time.Date(2022, 1, 25, 1, 0, 0, 0, time.UTC))
	d.meet(c, reporters)
	d.rate(c)
	d.decide(c)
	return c
}

func (d *district) report(r cycle.Reporter, head authz.Actor) {
	d.t.Helper()
	parts := map[string]string{"did": "开了课", "lacks": "晚托不足", "next": report.EncodePromises([]report.Promise{{Target: "增设晚托", Measure: "排班", Date: "2022-09-01"}})}
	for part, body := range parts {
		_, err := d.Rooms.Reports.Save(d.ctx, head, report.Save{Reporter: r.ID, Part: part, Body: body})
		d.must(err)
	}
	h, err := d.Rooms.Reports.Find(d.ctx, authz.Everything(), r.ID)
	d.must(err)
	number, err := d.Rooms.Reports.Submit(d.ctx, head, r.ID, h.Version)
	d.must(err)
	d.must(d.Rooms.Reports.Accept(d.ctx, d.bureau, r.ID, number))
}

func (d *district) meet(c cycle.Cycle, reporters []cycle.Reporter) {
	d.t.Helper()
	id, err := d.Rooms.Meetings.Create(d.ctx, d.bureau, c.ID, meeting.Facts{Start: "09:00", Place: "礼堂"})
	d.must(err)
	d.must(d.Rooms.Meetings.Draw(d.ctx, d.bureau, id, ""))
	d.must(d.Rooms.Meetings.Live(d.ctx, d.bureau, id, meeting.Open, 0, ""))
	slots, err := meeting.Slots(d.ctx, d.DB, id)
	d.must(err)
	for _, s := range slots {
		d.must(d.Rooms.Meetings.Live(d.ctx, d.bureau, id, meeting.Start, s.ID, ""))
		d.Clock.Add(4 * time.Minute)
		d.must(d.Rooms.Meetings.Live(d.ctx, d.bureau, id, meeting.Stop, s.ID, ""))
	}
	d.must(d.Rooms.Meetings.Live(d.ctx, d.bureau, id, meeting.Close, 0, ""))
	for _, r := range reporters {
		comment, err := d.Rooms.Meetings.Begin(d.ctx, d.bureau, id, r.ID)
		d.must(err)
		now, err := meeting.CommentByID(d.ctx, d.DB, comment)
		d.must(err)
		version, err := d.Rooms.Meetings.Save(d.ctx, d.bureau, comment, now.Version, meeting.Body{Affirm: "好", Problems: []meeting.Problem{{Key: "p1", Text: "晚托班开得太少"}}, Direct: "尽快"})
		d.must(err)
		d.must(d.Rooms.Meetings.Confirm(d.ctx, d.bureau, comment, version))
	}
}

// everywhere opens the main pages of a year that is over, and the histories of everything in it.
func (d *district) everywhere(c cycle.Cycle) {
	d.t.Helper()
	d.pages(d.office, "/", "/cycles", "/matters", "/plans", "/units")
	at := fmt.Sprint("/cycles/", c.ID)
	for _, room := range []string{"", "/meeting", "/comments", "/ballots", "/sheets", "/result", "/decision", "/notification"} {
		a := d.office.Get(at + room)
		for range 3 {
			if a.Status != http.StatusSeeOther {
				break
			}
			room = strings.TrimPrefix(a.Location, at)
			a = d.office.Get(a.Location)
		}
		if a.Status == http.StatusOK && strings.HasPrefix(room, "/") && !strings.HasPrefix(room, "/meetings") {
			d.pages(d.office, at+room)
		}
	}
	for _, kind := range []string{"unit", "cycle", "plan", "report", "meeting", "comment", "tally", "result", "decision", "matter"} {
		d.pages(d.office, "/history/"+kind+"/1")
	}
}

// rate keys two slips of each class by two counters.
func (d *district) rate(c cycle.Cycle) {
	d.t.Helper()
	d.must(d.Rooms.Ballots.OpenRound(d.ctx, d.bureau, c.ID, ""))
	v, err := d.Rooms.Ballots.Look(d.ctx, d.bureau, c.ID)
	d.must(err)
	d.must(d.Rooms.Ballots.SetPaper(d.ctx, d.bureau, c.ID, v.Round.Version, []ballot.Paper{{Class: "P", Entitled: 2, Issued: 2, Returned: 2}, {Class: "T", Entitled: 2, Issued: 2, Returned: 2}}))
	for _, who := range d.counters {
		for _, class := range v.Form.Classes {
			for slip := 1; slip <= 2; slip++ {
				values, err := v.Form.ReadRow("1223")
				d.must(err)
				d.must(d.Rooms.Ballots.Key(d.ctx, who, c.ID, class, slip, values))
			}
		}
	}
	path := fmt.Sprintf("/cycles/%d/ballots", c.ID)
	d.pages(d.office, path)
	v, err = d.Rooms.Ballots.Look(d.ctx, d.bureau, c.ID)
	d.must(err)
	d.must(d.Rooms.Ballots.Seal(d.ctx, d.bureau, c.ID, v.Round.Version, ""))
	d.pages(d.count, path)
}

// decide checks the arithmetic by hand: lessons 100 and care 80 give 0.7 x 100 + 0.3 x 80 = 94 to the first school,
// 80 and 50 give 71 to the second.
func (d *district) decide(c cycle.Cycle) {
	d.t.Helper()
	v, err := d.Rooms.Results.Look(d.ctx, authz.Everything(), c.ID, 0)
	d.must(err)
	if v.Record == nil || len(v.Record.Units) != 2 || v.Record.Units[0].Composite.Text != "94.0" || v.Record.Units[1].Composite.Text != "71.0" {
		d.t.Fatalf("the result: %+v", v.Record)
	}
	fixed, err := d.Rooms.Results.Fix(d.ctx, d.bureau, c.ID, v.Now)
	d.must(err)
	grades := map[int64]result.Choice{}
	for _, u := range v.Record.Units {
		grades[u.Unit] = result.Choice{Grade: u.Suggested}
	}
	_, err = d.Rooms.Results.Decide(d.ctx, d.bureau, result.Decide{Cycle: c.ID, Result: fixed.No, Body: "学区委员会", MetOn: "2022-01-25", Grades: grades})
	d.must(err)
}

// improve takes the first school's finding to its verified end; the second school's is planned and stays open.
func (d *district) improve(c cycle.Cycle) []ledger.Matter {
	d.t.Helper()
	all, err := d.Rooms.Ledgers.List(d.ctx, d.bureau, ledger.Filter{Cycle: c.ID, Type: "improvement"}, d.Rooms.Ledgers.Today(d.Now()))
	d.must(err)
	if len(all) != 2 {
		d.t.Fatalf("%d findings", len(all))
	}
	for i, m := range all {
		head := d.heads[0]
		if m.Owner.ID == d.Units["S2"].ID {
			head = d.heads[1]
		}
		take := func(who authz.Actor, step string, values map[string]string, note string) {
			d.t.Helper()
			d.must(d.Rooms.Ledgers.Take(d.ctx, who, m.ID, ledger.In{Step: step, Values: ledger.Texts(values), Note: note}))
		}
		take(head, "claim", nil, "")
		take(head, "plan", map[string]string{"goal": "每天开到六点", "measures": "轮班", "leader": "校长", "responsible": "教导主任", "lead_unit": fmt.Sprintf("#%d", m.Owner.ID), "due": "2022-06-01"}, "")
		take(d.bureau, "approve", nil, "")
		if i == 1 {
			break
		}
		take(head, "declare", map[string]string{"result": "已开"}, "")
		if err := d.Rooms.Ledgers.Take(d.ctx, head, m.ID, ledger.In{Step: "verify", Note: "我自己看过"}); err == nil {
			d.t.Error("the doer verified")
		}
		take(d.inspector, "verify", nil, "看过")
		take(d.bureau, "close", nil, "")
		d.pages(d.office, fmt.Sprint("/matters/", m.ID))
	}
	return all
}

func (d *district) closeCycle(c cycle.Cycle) {
	d.t.Helper()
	now, err := cycle.ByID(d.ctx, d.DB, c.ID)
	d.must(err)
	_, err = d.Rooms.Cycles.Close(d.ctx, d.bureau, c.ID, now.Version, "a small school year")
	d.must(err)
}

// carried checks that next year's report asks each school for its points and its promise.
func (d *district) carried(c cycle.Cycle, findings []ledger.Matter) {
	d.t.Helper()
	reporters, err := cycle.Reporters(d.ctx, d.DB, c.ID)
	d.must(err)
	for i, r := range reporters {
		draft, err := d.Rooms.Reports.Draft(d.ctx, d.heads[i], authz.Everything(), r.ID, d.Now().UnixMicro())
		d.must(err)
		kinds := map[string]int{}
		for _, s := range draft.Content.Sections {
			for _, a := range s.Answers {
				kinds[a.Item.Kind]++
			}
		}
		if kinds["finding"] != 1 || kinds["promise"] != 1 {
			d.t.Errorf("school %d is asked for %v", i+1, kinds)
		}
	}
}
