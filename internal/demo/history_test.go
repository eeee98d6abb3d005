package demo_test

import (
	"context"
	"database/sql"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/account"
	"plumbline/internal/app"
	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/demo"
	"plumbline/internal/org"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/meeting"
	"plumbline/internal/review/plan"
	"plumbline/internal/review/result"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/web"
)

// What a machine writes and no office worker: an identifier, a digest, JSON, a role at a code, a code of a unit.
var rawText = regexp.MustCompile(`[a-z]+_[a-z]+|[0-9a-f]{16,}|[{}\[\]"]|\w+@\w+|\bWC\d|⟦|<no value>`)

// What may stand in Latin letters on a Chinese page: names of files, sign-in names, what people typed.
var latinAllowed = regexp.MustCompile(`\S+\.csv|\S+\.xlsx|(登录名：|角色：).*|[A-Z]+-\d{4}-\d+|[ABC]票|种子：.*|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}…|英文名称：.*`)
var latin = regexp.MustCompile(`[A-Za-z]{2,}`)

// Every history reads as an office worker would write it: of every thing that the city's log speaks of, in both
// languages, after moves that the city itself does not make.
func TestHistoriesReadAsWritten(t *testing.T) {
	ctx, clock := context.Background(), &demo.Clock{}
	a, _ := build(t, storetest.OpenSQLiteAt(t, clock.Now), clock, "zh")
	moves(t, a)
	h := &apptest.House{App: a, T: t, Units: map[string]authz.Unit{"": authz.Whole}}
	reader := h.As("reader", "auditor@")
	things, err := store.List(ctx, a.DB, `SELECT DISTINCT kind, id FROM audit_subject WHERE id <> 0 ORDER BY kind, id`, nil, scanThing)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, x := range things {
		if kinds[x.kind]++; kinds[x.kind] > 25 {
			continue
		}
		for _, lang := range []string{"zh", "en"} {
			reader.Lang = lang
			for _, line := range said(reader.Must(http.StatusOK, reader.Get(x.history())).Body) {
				if hit := rawText.FindString(line); hit != "" {
					t.Errorf("%s in %s says %q: %s", x.history(), lang, hit, line)
				}
				if rest := latinAllowed.ReplaceAllString(line, ""); lang == "zh" && latin.MatchString(rest) {
					t.Errorf("%s in Chinese says %q: %s", x.history(), latin.FindString(rest), line)
				}
			}
		}
	}
	for _, kind := range []string{"unit", "person", "post", "group", "account", "plan", "cycle", "report", "meeting", "comment", "tally", "sheet",
		"result", "decision", "letter", "matter", "slot", "figure"} {
		if kinds[kind] == 0 {
			t.Errorf("the log speaks of no %s", kind)
		}
	}
}

// A history leads its reader only to pages that are open to the reader, and so do the pages that lead to histories.
func TestHistoriesLeadWhereTheReaderMayGo(t *testing.T) {
	ctx, clock := context.Background(), &demo.Clock{}
	a, _ := build(t, storetest.OpenSQLiteAt(t, clock.Now), clock, "zh")
	h := &apptest.House{App: a, T: t, Units: map[string]authz.Unit{}}
	for _, code := range []string{"WC", "WC01"} {
		u, err := org.UnitByCode(ctx, a.DB, code)
		if err != nil {
			t.Fatal(err)
		}
		h.Units[code] = u.Place()
	}
	things, err := store.List(ctx, a.DB, `SELECT kind, MIN(id) FROM audit_subject WHERE id <> 0 GROUP BY kind ORDER BY kind`, nil, scanThing)
	if err != nil {
		t.Fatal(err)
	}
	for _, role := range a.Pack.RoleIDs() {
		for _, code := range []string{"WC", "WC01"} {
			leadsWell(t, h.As(role+code, role+"@"+code), role+"@"+code, things)
		}
	}
}

var innerLink = regexp.MustCompile(`href="(/[^"#]*)"`)

func leadsWell(t *testing.T, b *apptest.Browser, who string, things []thing) {
	t.Helper()
	seen := map[string]bool{}
	follow := func(from string, body string) {
		main := body[strings.Index(body, "<main"):strings.Index(body, "</main>")]
		for _, m := range innerLink.FindAllStringSubmatch(main, -1) {
			if to := html.UnescapeString(m[1]); !seen[to] {
				seen[to] = true
				if status := b.Get(to).Status; status != http.StatusOK && status != http.StatusSeeOther {
					t.Errorf("%s at %s is led to %s: %d", who, from, to, status)
				}
			}
		}
	}
	for _, x := range things {
		if a := b.Get(x.history()); a.Status == http.StatusOK {
			follow(x.history(), a.Body)
		}
		if at := web.ThingPages()[x.kind]; at != "" {
			if a := b.Get(fmt.Sprint(at, x.id)); a.Status == http.StatusOK {
				follow(at, a.Body)
			}
		}
	}
}

// thing is something that the log speaks of.
type thing struct {
	kind string
	id   int64
}

func (x thing) history() string { return fmt.Sprintf("/history/%s/%d", x.kind, x.id) }

func scanThing(rows *sql.Rows) (x thing, err error) {
	err = rows.Scan(&x.kind, &x.id)
	return x, err
}

var lineEnds = regexp.MustCompile(`<[^>]*>|\n`)

// said gives the lines of a history's events.
func said(body string) (lines []string) {
	body = body[strings.Index(body, "<h1"):strings.Index(body, "</main>")]
	for _, line := range lineEnds.Split(body, -1) {
		if line = strings.TrimSpace(html.UnescapeString(line)); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// moves does what the city's own year does not show: units renamed, moved and merged, accounts imported and changed,
// plans and cycles edited, a roll corrected.
func moves(t *testing.T, a *app.App) {
	t.Helper()
	m := mover{t, context.Background(), a, authz.System()}
	m.units()
	m.accounts()
	m.year()
}

type mover struct {
	t   *testing.T
	ctx context.Context
	a   *app.App
	by  authz.Actor
}

func (m mover) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m mover) unit(code string) org.Unit {
	m.t.Helper()
	u, err := org.UnitByCode(m.ctx, m.a.DB, code)
	m.must(err)
	return u
}

func (m mover) units() {
	org1, rooms := m.a.Rooms.Org, m.unit("WC0101")
	m.must(org1.RenameUnit(m.ctx, m.by, org.Rename{Unit: rooms.ID, Version: rooms.Version, Name: "柳河新区", NameEn: "Liuhe Old Town", Kind: "county"}))
	village := m.unit("WC010203")
	m.must(org1.MoveUnit(m.ctx, m.by, org.Move{Unit: village.ID, Version: village.Version, Parent: m.unit("WC0103").ID}))
	merged := m.unit("WC010302")
	m.must(org1.MergeUnit(m.ctx, m.by, org.Merge{Unit: merged.ID, Version: merged.Version, Into: m.unit("WC010301").ID, Date: "2026-11-24"}))
	table := "code,name,unit_code,post_kind,title,from\nP-900,新来的同志,WC0103,secretary,街道负责人,2026-11-01\n"
	_, err := org1.ImportPeople(m.ctx, m.by, org.Import{Name: "people.csv", File: strings.NewReader(table), Size: int64(len(table)), Under: authz.Whole})
	m.must(err)
}

func (m mover) accounts() {
	accounts := m.a.Rooms.Accounts
	table := "login,name,role,unit_code\nnewcomer,新同志,secretariat,WC0103\nnewcomer2,又一同志,auditor,WC\n"
	res, err := accounts.Import(m.ctx, m.by, account.ImportFile{Name: "accounts.csv", Data: strings.NewReader(table), Size: int64(len(table)), RoleNames: web.RoleNames(m.a.Pack)}, false)
	m.must(err)
	if !res.Done {
		m.t.Fatalf("the accounts were not imported: %+v", res.Problems)
	}
	id, err := accounts.ByLogin(m.ctx, m.by, "newcomer")
	m.must(err)
	m.must(accounts.Grant(m.ctx, m.by, id, account.RoleAt{Role: "verifier", Unit: m.unit("WC").ID}))
	a, err := accounts.Account(m.ctx, m.by, id)
	m.must(err)
	m.must(accounts.Revoke(m.ctx, m.by, id, a.Grants[0].ID))
	m.must(accounts.Change(m.ctx, m.by, id, account.Edit{Version: a.Version, Name: "改了名的同志", Home: a.Home.ID}))
	m.must(accounts.SetLanguage(m.ctx, a.Actor(), "en"))
	_, err = m.a.Rooms.Cycles.RenewFeed(m.ctx, a.Actor())
	m.must(err)
	m.must(accounts.Disable(m.ctx, m.by, id, true))
}

// year edits a plan from end to end, opens a county's cycle by it, and changes everything of the cycle that can be.
func (m mover) year() {
	unit, cycles := m.unit("WC02"), m.a.Rooms.Cycles
	p, err := m.a.Rooms.Plans.Create(m.ctx, m.by, plan.NewPlan{Unit: unit.ID, Year: 2026, Name: "一县方案"})
	m.must(err)
	b := p.Body
	b.Classes[0].Weight, b.Classes[1].Weight = "0.3", "0.5"
	b.Grades = b.Grades[:len(b.Grades)-1]
	b.Bands = b.Bands[:len(b.Grades)]
	b.Ties = b.Ties[2:]
	b.Steps[0].Days, b.Steps[0].Who = plan.WorkingDays, plan.Everyone
	b.Report.Sections[1].Required, b.Report.Sections[1].Kind, b.EmptyClass = !b.Report.Sections[1].Required, plan.Free, "renormalise"
	b.Calls = b.Calls[:len(b.Calls)-1]
	b.Calls[0].Mode = plan.Written
	b.Areas[0], b.Areas[1] = b.Areas[1], b.Areas[0]
	b.Parts[1].Kind, b.Parts[1].Sheet, b.Notify = plan.FromFile, nil, plan.Ranges[0]
	p, err = m.a.Rooms.Plans.Save(m.ctx, m.by, p.ID, p.Version, "某县方案", b)
	m.must(err)
	if n := b.Problems(); len(n) > 0 {
		m.t.Fatalf("the plan: %+v", n)
	}
	o, err := cycles.Open(m.ctx, m.by, cycle.NewCycle{Unit: unit.ID, Year: 2026, Plan: p.ID, MeetingDate: "2026-12-24"})
	m.must(err)
	c := o.Cycle
	reporters, err := cycle.Reporters(m.ctx, m.a.DB, c.ID)
	m.must(err)
	var calls []cycle.Call
	for i, r := range reporters[1:] {
		calls = append(calls, cycle.Call{Unit: r.Unit, Mode: []cycle.Mode{cycle.Oral, cycle.Written}[i%2], Choice: cycle.Selected})
	}
	step := func(changed cycle.Cycle, err error) {
		m.t.Helper()
		m.must(err)
		c = changed
	}
	step(cycles.SetReporters(m.ctx, m.by, c.ID, c.Version, calls))
	step(cycles.DrawModes(m.ctx, m.by, c.ID, c.Version, "2026公证", 1))
	step(cycles.SetMeetingDate(m.ctx, m.by, c.ID, c.Version, "2026-12-28"))
	step(cycles.SetDeadlines(m.ctx, m.by, c.ID, c.Version, map[string]string{b.Steps[0].ID: "2026-12-01"}))
	step(cycles.MarkStep(m.ctx, m.by, c.ID, c.Version, b.Steps[0].ID, true))
	step(cycles.RefreshHolders(m.ctx, m.by, c.ID, c.Version))
	step(cycles.Rename(m.ctx, m.by, c.ID, c.Version, "某县年终述职", "Old Town review"))
	m.must(m.a.Rooms.Results.SetFigures(m.ctx, m.by, c.ID, []result.FigureEdit{{At: result.Cell{Unit: calls[0].Unit, Part: b.Parts[1].ID}, Score: "91"}}))
	m.hall(c)
}

// hall arranges the cycle's meeting and changes it in every way.
func (m mover) hall(c cycle.Cycle) {
	meetings := m.a.Rooms.Meetings
	person := m.person("陆望川")
	id, err := meetings.Create(m.ctx, m.by, c.ID, meeting.Facts{Start: "09:00", Place: "礼堂", Presider: person, Minutes: 8})
	m.must(err)
	now, err := meeting.ByID(m.ctx, m.a.DB, id)
	m.must(err)
	m.must(meetings.Edit(m.ctx, m.by, id, meeting.Facts{Version: now.Version, Start: "09:30", Place: "报告厅", Presider: m.person("卓柏舟"), Minutes: 10}))
	m.must(meetings.SetAgenda(m.ctx, m.by, id, now.Version+1, []meeting.Item{{Kind: meeting.ItemOpening, Minutes: 5}, {Kind: meeting.ItemSpeak}}))
	m.must(meetings.Call(m.ctx, m.by, id, meeting.CallIn{Who: "某位来宾", Place: "某单位", Capacity: meeting.Guest}))
	roll, err := meeting.ReadRoll(m.ctx, m.a.DB, id)
	m.must(err)
	guest, first := roll.Calls[len(roll.Calls)-1], roll.Calls[0]
	m.must(meetings.EditCall(m.ctx, m.by, guest.ID, meeting.CallEdit{Version: guest.Version, Capacity: meeting.Observer, Excuse: "出差"}))
	m.must(meetings.Uncall(m.ctx, m.by, guest.ID))
	m.must(meetings.Mark(m.ctx, m.by, first.ID, meeting.Arrive, 0))
	m.must(meetings.Unmark(m.ctx, m.by, first.ID))
	m.must(meetings.Draw(m.ctx, m.by, id, "某县"))
	m.must(meetings.Redraw(m.ctx, m.by, id, "名单有变"))
	slots, err := meeting.Slots(m.ctx, m.a.DB, id)
	m.must(err)
	m.must(meetings.Remove(m.ctx, m.by, slots[0].ID, "出差"))
	_, err = meetings.Sync(m.ctx, m.by, id)
	m.must(err)
}

func (m mover) person(name string) int64 {
	m.t.Helper()
	people, err := org.PeopleCalled(m.ctx, m.a.DB, name, 1)
	m.must(err)
	return people[0].ID
}
