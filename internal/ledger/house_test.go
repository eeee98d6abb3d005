package ledger_test

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/calendar"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// house is a small organisation: a city (1), two counties (2, 3), a township (4) under the first, each with a secretary
// who holds the reporting post. Unit n's person is 10n, its post 100n.
type house struct {
	*ledger.Service
	t     *testing.T
	db    *store.DB
	gate  *gate.Gate
	clock *storetest.Clock
	ctx   context.Context
}

var places = map[int64]authz.Unit{1: {ID: 1, Path: "/1/"}, 2: {ID: 2, Path: "/1/2/"}, 3: {ID: 3, Path: "/1/3/"}, 4: {ID: 4, Path: "/1/2/4/"}}

func open(t *testing.T, db *store.DB, clock *storetest.Clock) *house {
	t.Helper()
	return openWith(t, db, clock, nil)
}

// openWith is open with other ledgers than the pack's.
func openWith(t *testing.T, db *store.DB, clock *storetest.Clock, ledgers fs.FS) *house {
	t.Helper()
	p, err := pack.Load(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	if ledgers == nil {
		ledgers = withSamples(t, p.Files)
	}
	types, err := ledger.LoadTypes(ledgers, p.AuthzRoles())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.NewPolicy(p.AuthzRoles())
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(must(p.Files.Open("calendar.json")))
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	g := gate.New(db, policy)
	files := ledger.Files{Blobs: db.Blobs, Name: func(name, kind string) string { return name }, Kind: func(r io.ReaderAt, size int64) string {
		head := make([]byte, 5)
		_, _ = r.ReadAt(head, 0)
		if string(head) == "%PDF-" {
			return "pdf"
		}
		return ""
	}}
	h := &house{Service: ledger.New(g, db, files, types, cal, p.PostKinds), t: t, db: db, gate: g, clock: clock, ctx: context.Background()}
	var stands int
	if err := db.QueryRow(h.ctx, `SELECT COUNT(*) FROM unit`).Scan(&stands); err != nil {
		t.Fatal(err)
	}
	if stands == 0 {
		h.build()
	}
	return h
}

// withSamples is a pack's ledgers and the two of testdata, which say everything that a ledger can say.
func withSamples(t *testing.T, files fs.FS) fs.FS {
	t.Helper()
	out := fstest.MapFS{"facts.json": &fstest.MapFile{Data: must(fs.ReadFile(files, "facts.json"))}}
	for _, name := range must(fs.Glob(files, "ledgers/*.json")) {
		out[name] = &fstest.MapFile{Data: must(fs.ReadFile(files, name))}
	}
	for _, name := range []string{"call", "task"} {
		out["ledgers/"+name+".json"] = &fstest.MapFile{Data: []byte(sample(t, name))}
	}
	return out
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func (h *house) build() {
	h.write(func(tx *store.Tx) error {
		for id, u := range places {
			ids := org.PathIDs(u.Path)
			var parent int64
			if len(ids) > 1 {
				parent = ids[len(ids)-2]
			}
			stmts := []string{
				fmt.Sprintf(`INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
					VALUES (%d, 'C%d', %d, '%s', 'county', '单位%d', 'Unit %d', '', '', '', 0, 1)`, id, id, parent, u.Path, id, id),
				fmt.Sprintf(`INSERT INTO person (id, code, name, name_en, version) VALUES (%d, 'p%d', '人%d', 'Person %d', 1)`, 10*id, id, id, id),
				fmt.Sprintf(`INSERT INTO post (id, unit_id, kind, title, title_en, from_date, to_date, version) VALUES (%d, %d, 'secretary', '书记', 'Secretary', '', '', 1)`, 100*id, id),
				fmt.Sprintf(`INSERT INTO tenure (post_id, person_id, from_date, to_date, version) VALUES (%d, %d, '', '', 1)`, 100*id, 10*id),
			}
			for _, s := range stmts {
				if _, err := tx.Exec(h.ctx, s); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (h *house) write(fn func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.ctx, fn); err != nil {
		h.t.Fatal(err)
	}
}

// as makes an actor with roles at units.
func as(account, person int64, grants ...any) authz.Actor {
	a := authz.Actor{Account: account, Person: person, Name: fmt.Sprintf("account %d", account), Lang: "zh"}
	for i := 0; i < len(grants); i += 2 {
		a.Grants = append(a.Grants, authz.Grant{Role: grants[i].(string), Unit: places[int64(grants[i+1].(int))]})
	}
	return a
}

var (
	clerk    = as(1, 0, "secretariat", 1)
	county   = as(2, 20, "debriefer", 2)
	staff    = as(3, 0, "staff", 2)
	verifier = as(4, 0, "verifier", 1)
	other    = as(5, 30, "debriefer", 3)
)

func (h *house) today() calendar.Date { return h.Today(h.clock.Now()) }

// finding registers a finding on county 2 by the city.
func (h *house) finding(text string) int64 {
	h.t.Helper()
	id, err := h.Register(h.ctx, clerk, ledger.Draft{Convenor: 1, Unit: 2, Fields: map[string]string{"problem": text, "source": "self_check"}, Origin: ledger.Origin{Cycle: 7}})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

var plan = ledger.Texts(map[string]string{"goal": "全部整改", "measures": "逐项落实", "leader": "#20", "lead_unit": "C2", "responsible": "张三", "due": "2022-04-29"})

// closing is what the close of a finding asks for.
var closing = ledger.Texts(map[string]string{"mechanism": "组织生活月报制度", "check_every": "half_yearly"})

func (h *house) take(actor authz.Actor, id int64, step string, values ledger.Values, note string) error {
	return h.Take(h.ctx, actor, id, ledger.In{Step: step, Values: values, Note: note})
}

// do takes steps that have to succeed: actor, step, values or nil.
func (h *house) do(id int64, steps ...any) {
	h.t.Helper()
	for i := 0; i < len(steps); i += 3 {
		values, _ := steps[i+2].(ledger.Values)
		if err := h.take(steps[i].(authz.Actor), id, steps[i+1].(string), values, "说明"); err != nil {
			h.t.Fatalf("%s: %v", steps[i+1], err)
		}
	}
}

func (h *house) matter(id int64) ledger.Matter {
	h.t.Helper()
	m, err := h.Find(h.ctx, authz.System(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

func (h *house) tallied() {
	h.t.Helper()
	if wrong, err := h.CheckCounts(h.ctx, h.db); err != nil || len(wrong) > 0 {
		h.t.Fatalf("the tally is wrong: %v %v", wrong, err)
	}
}

func file(text string) ledger.Upload { return strings.NewReader(text) }

func source(name, text string) fstest.MapFS {
	return fstest.MapFS{"ledgers/" + name: &fstest.MapFile{Data: []byte(text)}}
}

func logged(t *testing.T, db *store.DB, id int64) []audit.Entry {
	t.Helper()
	entries, err := audit.History(context.Background(), db, audit.Subject{Kind: "matter", ID: id}, 100)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
