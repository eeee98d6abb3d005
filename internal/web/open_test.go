package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// planted is a matter with a word of its own in everything that it holds.
type planted struct {
	number string
	state  string
	words  map[string]string // by field
	other  []string          // in what no projection can name: remarks, names of people, files
}

// plant writes a matter straight into the database, whatever its definition would allow.
func plant(h *apptest.House, d *ledger.Definition, version, n int, state ledger.State) planted {
	h.T.Helper()
	ctx := context.Background()
	word := func(what string) string { return fmt.Sprintf("zq%s%dx", strings.ReplaceAll(what, "_", ""), n) }
	p := planted{number: fmt.Sprintf("P-%s-%d", d.ID, n), state: state.ID, words: map[string]string{}}
	values := map[string]any{}
	for _, f := range d.Fields {
		p.words[f.ID] = word(f.ID)
		switch f.Kind {
		case ledger.KindTable:
			row := make([]string, len(f.Columns))
			for i := range row {
				row[i] = p.words[f.ID]
			}
			values[f.ID] = ledger.Value{Rows: [][]string{row}}
		case ledger.KindPerson:
			values[f.ID] = ledger.Value{Text: ledger.FreeName + p.words[f.ID]}
		default:
			values[f.ID] = ledger.Value{Text: p.words[f.ID]}
		}
	}
	fields, err := json.Marshal(values)
	if err != nil {
		h.T.Fatal(err)
	}
	p.other = []string{word("remark"), word("actor"), word("file"), word("change")}
	a, c := h.Units["A"], h.Units["C"]
	err = h.Gate.Do(ctx, authz.System(), authz.LedgerRegister, gate.Subject{Kind: "matter", Unit: c}, func(tx *store.Tx) (audit.Detail, error) {
		id, err := tx.Insert(ctx, `INSERT INTO matter (type, type_version, number, title, state, state_class, unit_id, unit_path, convenor_id, convenor_path, place_path,
			cycle_id, meeting_id, slot_id, comment_id, item, report_id, common, group_id, repeat_of, post_id, person_id, due_on, target_on, fields, marks, opened_on, closed_on,
			reopened, created_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', $11, '{}', '2022-01-10', '', 0, $12, $12, 1)
			RETURNING id`, d.ID, version, p.number, p.words[d.Title], state.ID, state.Class, a.ID, a.Path, c.ID, c.Path, string(fields), tx.Now)
		if err != nil {
			return audit.Detail{}, err
		}
		event, err := tx.Insert(ctx, `INSERT INTO matter_event (matter_id, step, from_state, to_state, account_id, person_id, actor_name, part, happened_on, recorded_at, note, changes)
			VALUES ($1, 'x', '', $2, 0, 0, $3, 0, '2022-01-10', $4, $5, $6) RETURNING id`, id, state.ID, p.other[1], tx.Now, p.other[0], `[{"Field":"x","From":"","To":"`+p.other[3]+`"}]`)
		if err != nil {
			return audit.Detail{}, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO matter_file (matter_id, event_id, name, hash, size, type, link, evidence_on, uploaded_at, account_id, person_id)
			VALUES ($1, $2, $3, '', 0, '', '', '', $4, 0, 0)`, id, event, p.other[2], tx.Now)
		return audit.Detail{ID: id}, err
	})
	if err != nil {
		h.T.Fatal(err)
	}
	return p
}

// reveal publishes the next version of a ledger with another projection, and gives its definition.
func reveal(h *apptest.House, admin authz.Actor, id string, public ledger.Public) (*ledger.Definition, int) {
	h.T.Helper()
	ctx, l := context.Background(), h.Rooms.Ledgers
	draft, err := l.ChangeType(ctx, admin, id)
	if err != nil {
		h.T.Fatal(err)
	}
	d := *l.Types().Current(id)
	d.Public, d.Gone = &public, ledger.Gone{}
	if err := l.SaveTypeDraft(ctx, admin, draft, 1, d.Text()); err != nil {
		h.T.Fatal(err)
	}
	version, _, err := l.Publish(ctx, admin, draft, ledger.PublishIn{Version: 2})
	if err != nil {
		h.T.Fatal(id, err)
	}
	return l.Types().Current(id), version
}

// anyProjection draws a projection of a definition: some of its fields that hold no people and no files, some states.
func anyProjection(d *ledger.Definition, random *rand.Rand) (p ledger.Public) {
	whole := *d
	whole.Public = &ledger.Public{}
	for _, f := range d.Fields {
		whole.Public.Fields = append(whole.Public.Fields, f.ID)
	}
	for _, f := range d.Fields {
		if whole.ShowsField(f.ID) && random.IntN(3) == 0 {
			p.Fields = append(p.Fields, f.ID)
		}
	}
	for _, st := range d.States {
		if random.IntN(2) == 0 {
			p.States = append(p.States, st.ID)
		}
	}
	if len(p.Fields) == 0 {
		p.Fields = []string{d.Title}
	}
	if len(p.States) == 0 {
		p.States = []string{d.Start}
	}
	return p
}

// For every ledger of the pack and any projection: outsiders see what the projection names, and nothing else, neither on
// a page nor by searching.
func TestOutsidersSeeTheProjectionAndNothingElse(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		admin := h.Actor("designer", 0, "admin@")
		ctx := context.Background()
		random := rand.New(rand.NewPCG(1, 2))
		visitor := h.Nobody()
		for _, id := range h.Rooms.Ledgers.Types().IDs() {
			visitor.Must(404, visitor.Get("/open/"+id))
			was := h.Rooms.Ledgers.Types().Current(id)
			d, version := reveal(h, admin, id, anyProjection(was, random))
			if err := h.Rooms.Ledgers.SetOpen(ctx, admin, id, h.Units["C"].ID, true, false); err != nil {
				t.Fatal(err)
			}
			for n, st := range d.States {
				p := plant(h, d, version, n, st)
				checkOutside(h, visitor, d, p)
			}
		}
		x.clerk.Page("/ledgers/open")
	})
}

func checkOutside(h *apptest.House, visitor *apptest.Browser, d *ledger.Definition, p planted) {
	h.T.Helper()
	at := "/open/" + d.ID
	public := false
	for _, st := range d.Public.States {
		public = public || st == p.state
	}
	list := visitor.Page(at)
	if public != strings.Contains(list.Body, p.number) {
		h.T.Errorf("%s in state %s: shown %v", p.number, p.state, !public)
	}
	pages := []apptest.Answer{list, visitor.Page(at + "?q=" + p.number)}
	if public {
		one := visitor.Page(at + "/" + p.number)
		pages = append(pages, one, visitor.Page(at+"/"+p.number+"/sheet"))
		for _, id := range d.Public.Fields {
			if !strings.Contains(one.Body, p.words[id]) {
				h.T.Errorf("%s: the page does not show the field %s", p.number, id)
			}
		}
	} else {
		visitor.Must(404, visitor.Get(at+"/"+p.number))
		visitor.Must(404, visitor.Get(at+"/"+p.number+"/sheet"))
	}
	for id, word := range p.words {
		if public && d.ShowsField(id) {
			continue
		}
		for _, page := range pages {
			if strings.Contains(page.Body, word) {
				h.T.Errorf("%s in state %s shows the field %s", p.number, p.state, id)
			}
		}
		if found := visitor.Get(at + "?q=" + word); strings.Contains(found.Body, p.number) {
			h.T.Errorf("%s is found by its hidden field %s", p.number, id)
		}
	}
	for _, page := range pages {
		for _, word := range p.other {
			if strings.Contains(page.Body, word) {
				h.T.Errorf("%s shows %s", p.number, word)
			}
		}
		if page.Header.Get("Set-Cookie") != "" || page.Header.Get("X-Robots-Tag") != "noindex" {
			h.T.Errorf("%s sets a cookie or lets search engines in: %v", p.number, page.Header)
		}
	}
}

// What a ledger shows no more from now on it shows no more of older matters either.
func TestALedgerThatShowsLessShowsLessOfEverything(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		castOf(h)
		ctx, admin := context.Background(), h.Actor("designer", 0, "admin@")
		d, version := reveal(h, admin, "practical", ledger.Public{Fields: []string{"thing", "goal", "budget"}, States: []string{"pledged", "declared"}})
		if err := h.Rooms.Ledgers.SetOpen(ctx, admin, "practical", h.Units["C"].ID, true, true); err != nil {
			t.Fatal(err)
		}
		st, _ := d.State("pledged")
		declared, _ := d.State("declared")
		p, later := plant(h, d, version, 1, st), plant(h, d, version, 2, declared)
		visitor := h.Nobody()
		if body := visitor.Page("/open/practical/" + p.number).Body; !strings.Contains(body, p.words["budget"]) {
			t.Fatal("the page does not show what is public")
		}
		reveal(h, admin, "practical", ledger.Public{Fields: []string{"goal", "measures"}, States: []string{"pledged"}})
		body := visitor.Page("/open/practical/" + p.number).Body
		if !strings.Contains(body, p.words["goal"]) {
			t.Error("the page does not show what is still public")
		}
		for _, hidden := range []string{"thing", "budget", "measures"} {
			if strings.Contains(body, p.words[hidden]) {
				t.Errorf("the page shows %s", hidden)
			}
		}
		if list := visitor.Get("/open/practical?q=" + p.words["thing"]).Body; strings.Contains(list, p.number) {
			t.Error("a title that is hidden is searched")
		}
		visitor.Must(410, visitor.Get("/open/practical/"+later.number))
	})
}

// A practical thing from the pledge to its end, as people at the notice board follow it.
func TestAPracticalThingInPublic(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		visitor := h.Nobody()
		at := x.county.Must(303, x.county.Post("/matters", "type", "practical", "unit", itoa(h.Units["A"].ID), "on", "2022-01-10", "thing", "修好村口的路", "source", "visit", "heard_on", "2022-01-05",
			"measures", "内部办法", "goal", "年底前通车", "due", "2022-11-30", "budget", "12345")).Location
		number := "SS-2022-0001"
		visitor.Must(404, visitor.Get("/open/practical"))
		opening := "/ledgers/open/practical?unit=" + itoa(h.Units["C"].ID)
		if page := x.clerk.Page(opening); strings.Contains(page.Body, number) {
			t.Error("the preview shows what is not yet pledged")
		}
		x.county.Must(403, x.county.Get(opening))
		x.county.Must(403, x.county.Post("/ledgers/open/practical", "unit", itoa(h.Units["C"].ID), "do", "open"))
		x.clerk.Must(404, x.clerk.Post("/ledgers/open/practical", "unit", itoa(h.Units["A"].ID), "do", "open"))
		x.clerk.Must(422, x.clerk.Post("/ledgers/open/rectification", "unit", itoa(h.Units["C"].ID), "do", "open"))
		x.clerk.Must(303, x.clerk.Post("/ledgers/open/practical", "unit", itoa(h.Units["C"].ID), "do", "open"))
		visitor.Must(404, visitor.Get("/open/practical/"+number))
		x.clerk.Must(303, step(x.clerk, at, "pledge", "note", "内部意见"))
		page := visitor.Page("/open/practical/" + number)
		for _, want := range []string{"修好村口的路", "年底前通车", "2022年11月30日", "乙县", "办理中", "/open/practical/" + number} {
			if !strings.Contains(page.Body, want) {
				t.Errorf("the page does not say %s: %s", want, apptest.Text(page.Body))
			}
		}
		for _, hidden := range []string{"内部", "12345", "王五", "clerk"} {
			if strings.Contains(page.Body, hidden) {
				t.Errorf("the page says %s", hidden)
			}
		}
		if preview := x.clerk.Page(opening); !strings.Contains(preview.Body, "修好村口的路") {
			t.Error("the preview does not show what outsiders see")
		}
		// Whoever is signed in gets the same page as everybody else.
		visitor.Lang, x.clerk.Lang = "zh", "zh"
		if visitor.Get("/open/practical").Body != x.clerk.Get("/open/practical").Body {
			t.Error("an account gets another page")
		}
		for query, found := range map[string]bool{"?q=村口": true, "?q=内部": false, "?state=pledged": true, "?state=declared": false, "?unit=" + itoa(h.Units["A"].ID): true, "?unit=" + itoa(h.Units["B"].ID): false, "?page=2": false} {
			if strings.Contains(visitor.Get("/open/practical"+query).Body, number) != found {
				t.Errorf("%s: found is not %v", query, found)
			}
		}
		h.Clock.Add(time.Minute)
		x.clerk.Must(303, x.clerk.Post("/ledgers/open/practical", "unit", itoa(h.Units["C"].ID), "do", "close"))
		visitor.Must(404, visitor.Get("/open/practical"))
		if gone := visitor.Must(410, visitor.Get("/open/practical/"+number)); strings.Contains(gone.Body, "村口") || !strings.Contains(gone.Body, "已撤下") {
			t.Errorf("what is withdrawn is still told, or nothing is said: %s", apptest.Text(gone.Body))
		}
		log := apptest.Text(h.As("auditor", "auditor@C").Page("/audit?action=ledger.open").Body)
		if !strings.Contains(log, "台账对外公开") || !strings.Contains(log, "台账停止公开") {
			t.Errorf("the log does not tell of it: %s", log)
		}
	})
}

// A page that has not changed is not sent again.
func TestAnOpenPageIsKept(t *testing.T) {
	h := apptest.SQLite(t)
	x := castOf(h)
	x.clerk.Must(303, x.clerk.Post("/ledgers/open/practical", "unit", strconv.FormatInt(h.Units["C"].ID, 10), "do", "open", "listed", "1"))
	visitor := h.Nobody()
	first := visitor.Must(200, visitor.Get("/open/practical"))
	tag := first.Header.Get("ETag")
	if tag == "" || !strings.Contains(first.Header.Get("Cache-Control"), "public") || first.Header.Get("X-Robots-Tag") != "" {
		t.Fatalf("the headers are %v", first.Header)
	}
	if again := visitor.GetWith("/open/practical", map[string]string{"If-None-Match": tag}); again.Status != 304 || again.Body != "" {
		t.Errorf("an unchanged page is sent again: %d", again.Status)
	}
	if other := visitor.GetWith("/open/practical?lang=en", map[string]string{"If-None-Match": tag}); other.Status != 200 || !strings.Contains(other.Body, "Practical things") {
		t.Errorf("the other language is not sent: %d", other.Status)
	}
}
