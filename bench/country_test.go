package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"plumbline/internal/app"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/org"
	"plumbline/internal/store"
)

// big says whether the measurements that take minutes and gigabytes were asked for.
func big() bool { return os.Getenv("PLUMBLINE_BENCH_COUNTRY") == "1" }

// fixture is a database of 665,277 units with findings spread over them.
type fixture struct {
	dir, url string
	findings int64
	entries  int64
}

// countries that were made already, by database address: they are made once in a run.
var countries = map[string]*fixture{}

// makeCountry gives the database. With PLUMBLINE_BENCH_DIR the embedded one stays there for the next run.
func makeCountry(b *testing.B, url string) *fixture {
	b.Helper()
	if c := countries[url]; c != nil {
		return c
	}
	c := &fixture{url: url, findings: 200_000, entries: 1_000_000}
	if !big() {
		c.entries = 20_000
	}
	var err error
	if keep := os.Getenv("PLUMBLINE_BENCH_DIR"); keep != "" && url == "" {
		c.dir = filepath.Join(keep, fmt.Sprint("country-", c.findings))
		err = os.MkdirAll(c.dir, 0o700)
	} else {
		c.dir, err = os.MkdirTemp("", "plumbline-bench-")
		made = append(made, c.dir)
	}
	if err != nil {
		b.Fatal(err)
	}
	a := openApp(b, c.dir, url, nil)
	defer a.Close() // one program at a time
	ctx := context.Background()
	var n int64
	if err := a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM matter`).Scan(&n); err != nil {
		b.Fatal(err)
	}
	if n == 0 {
		c.fill(b, a)
	}
	if wrong, err := ledger.CheckTally(ctx, a.DB); err != nil || len(wrong) > 0 {
		b.Fatalf("the tally is wrong: %v %v", err, wrong[:min(5, len(wrong))])
	}
	countries[url] = c
	return c
}

const benchRounds = 40

// made are the directories to be removed at the end.
var made []string

func TestMain(m *testing.M) {
	code := m.Run()
	for _, dir := range made {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

func (c *fixture) fill(b *testing.B, a *app.App) {
	b.Helper()
	path := unitsFile(b)
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	rep, err := a.Rooms.Org.ImportUnits(ctx, authz.System(), org.Import{Name: path, File: f, Size: info.Size(), Under: authz.Whole})
	if err != nil || rep.Wrong > 0 {
		b.Fatal(err, rep.Problems)
	}
	if err := c.findingsOf(ctx, a); err != nil {
		b.Fatal(err)
	}
	if err := c.log(ctx, a); err != nil {
		b.Fatal(err)
	}
	if url := c.url; url != "" {
		err = a.Gate.Housekeep(ctx, func(tx *store.Tx) error { _, err := tx.Exec(ctx, `ANALYZE`); return err })
		if err != nil {
			b.Fatal(err)
		}
	}
}

// stand is a state of a finding, with its class.
type stand struct {
	state, class string
	ended        bool
}

var stands = []stand{{"registered", "owner", false}, {"in_progress", "owner", false}, {"in_progress", "owner", false}, {"declared", "verifier", false},
	{"planned", "convenor", false}, {"closed_done", "done", true}, {"closed_done", "done", true}, {"looked_back", "done", true}, {"closed_not_done", "not_done", true}}

// findingsOf writes the findings by the bulk path: one is registered through the ledger, the others are loaded after
// its likeness into every state, and the tally is made anew from them.
func (c *fixture) findingsOf(ctx context.Context, a *app.App) error {
	units, err := store.List(ctx, a.DB, `SELECT u.id, u.path, p.id, p.path FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.below = 0 ORDER BY u.id`, nil,
		func(rows *sql.Rows) (u [2]authz.Unit, err error) {
			err = rows.Scan(&u[0].ID, &u[0].Path, &u[1].ID, &u[1].Path)
			return u, err
		})
	if err != nil {
		return err
	}
	first, err := a.Rooms.Ledgers.Register(ctx, authz.System(), ledger.Draft{Convenor: units[0][1].ID, Unit: units[0][0].ID,
		Fields: map[string]string{"problem": "服务群众不够及时", "source": "comment"}})
	if err != nil {
		return err
	}
	return a.Gate.Do(ctx, authz.System(), authz.LedgerRegister, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (d audit.Detail, err error) {
		if err := c.loadFindings(ctx, tx, first, units); err != nil {
			return d, err
		}
		return d, ledger.RebuildTx(ctx, tx)
	})
}

func (c *fixture) loadFindings(ctx context.Context, tx *store.Tx, first int64, units [][2]authz.Unit) error {
	var kind, fields, marks, opened string
	var version int64
	err := tx.QueryRow(ctx, `SELECT type, type_version, fields, marks, opened_on FROM matter WHERE id = $1`, first).Scan(&kind, &version, &fields, &marks, &opened)
	if err != nil {
		return err
	}
	today, err := time.Parse(time.DateOnly, opened)
	if err != nil {
		return err
	}
	columns := []string{"id", "type", "type_version", "number", "title", "state", "state_class", "unit_id", "unit_path", "convenor_id",
		"convenor_path", "place_path", "due_on", "target_on", "fields", "marks", "opened_on", "closed_on", "created_at", "changed_at"}
	var fixed []store.Fixed
	for _, name := range strings.Fields("cycle_id meeting_id slot_id comment_id item report_id common group_id repeat_of post_id person_id reopened") {
		fixed = append(fixed, store.Fixed{Column: name, Value: 0})
	}
	n, next, err := int64(1), int64(0), error(nil)
	if next, err = tx.Reserve(ctx, "matter", c.findings); err != nil {
		return err
	}
	return tx.Load(ctx, "matter", columns, append(fixed, store.Fixed{Column: "version", Value: 1}), func(row []any) (bool, error) {
		if n == c.findings {
			return false, nil
		}
		u, st := units[n*int64(len(units))/c.findings], stands[n%int64(len(stands))]
		due, closed := today.AddDate(0, 0, int(n%365)-180).Format(time.DateOnly), "" // as a year of work would leave them
		if st.ended {
			due, closed = "", today.AddDate(0, 0, -int(n%400)).Format(time.DateOnly)
		}
		for i, v := range []any{next, kind, version, fmt.Sprintf("ZG-2019-%06d", n), fmt.Sprintf("服务群众不够及时，第%d件", n), st.state, st.class, u[0].ID, u[0].Path,
			u[1].ID, u[1].Path, u[0].Path, due, due, fields, marks, opened, closed, tx.Now, tx.Now} {
			row[i] = v
		}
		n++
		next++
		return true, nil
	})
}

// log fills the log up to its number of entries, by loading what the log itself would write.
func (c *fixture) log(ctx context.Context, a *app.App) error {
	return a.Gate.Housekeep(ctx, func(tx *store.Tx) error {
		from, err := audit.Size(ctx, tx)
		if err != nil {
			return err
		}
		hashes, raw := map[int64]tlog.Hash{}, `{"n":{"step":"progress"}}`
		err = store.Each(ctx, tx, `SELECT idx, hash FROM audit_hash`, nil, func(rows *sql.Rows) error {
			var i int64
			var h []byte
			err := rows.Scan(&i, &h)
			hashes[i] = tlog.Hash(h)
			return err
		})
		if err != nil {
			return err
		}
		var fresh []tlog.Hash
		for seq := from; seq < c.entries; seq++ {
			leaf, err := json.Marshal([]any{1, seq, tx.Now, 0, "ledger.own", "matter", seq%c.findings + 1, 1, raw})
			if err != nil {
				return err
			}
			made, err := tlog.StoredHashes(seq, leaf, tlog.HashReaderFunc(func(at []int64) (out []tlog.Hash, err error) {
				for _, i := range at {
					out = append(out, hashes[i])
				}
				return out, nil
			}))
			if err != nil {
				return err
			}
			for i, h := range made {
				hashes[tlog.StoredHashIndex(0, seq)+int64(i)] = h
			}
			fresh = append(fresh, made...)
		}
		return c.loadLog(ctx, tx, from, raw, fresh)
	})
}

func (c *fixture) loadLog(ctx context.Context, tx *store.Tx, from int64, raw string, fresh []tlog.Hash) error {
	seq := from
	err := tx.Load(ctx, "audit_entry", []string{"seq", "at", "subject_id"}, []store.Fixed{{Column: "actor", Value: 0}, {Column: "action", Value: "ledger.own"},
		{Column: "subject_kind", Value: "matter"}, {Column: "unit_id", Value: 1}, {Column: "detail", Value: raw}}, func(row []any) (bool, error) {
		row[0], row[1], row[2] = seq, tx.Now, seq%c.findings+1
		seq++
		return seq <= c.entries, nil
	})
	if err != nil {
		return err
	}
	seq = from
	err = tx.Load(ctx, "audit_subject", []string{"id", "seq"}, []store.Fixed{{Column: "kind", Value: "matter"}}, func(row []any) (bool, error) {
		row[0], row[1] = seq%c.findings+1, seq
		seq++
		return seq <= c.entries, nil
	})
	if err != nil {
		return err
	}
	at, i := tlog.StoredHashIndex(0, from), 0
	return tx.Load(ctx, "audit_hash", []string{"idx", "hash"}, nil, func(row []any) (bool, error) {
		if i == len(fresh) {
			return false, nil
		}
		row[0], row[1] = at+int64(i), fresh[i][:]
		i++
		return true, nil
	})
}

// BenchmarkCountryPage sets the page of the country, with how its findings stand, against the page of a village. At most
// 2 times.
func BenchmarkCountryPage(b *testing.B) { eachDatabase(b, countryPage) }

func countryPage(b *testing.B, c *fixture, a *app.App) {
	root, village := ends(b, a)
	x := signIn(b, a, "page-"+strconv.FormatInt(time.Now().UnixNano(), 36), "auditor", root)
	for b.Loop() {
		var tops, leaves []time.Duration
		var top, leaf time.Duration
		for range benchRounds { // one after the other, so that both meet the same weather
			t, l := x.cost(b, "/units/"+strconv.FormatInt(root, 10), 3), x.cost(b, "/units/"+strconv.FormatInt(village, 10), 3)
			tops, leaves, top, leaf = append(tops, t.wall), append(leaves, l.wall), top+t.cpu, leaf+l.cpu
		}
		b.ReportMetric(millis(middle(tops)), "ms-country")
		b.ReportMetric(millis(middle(leaves)), "ms-village")
		b.ReportMetric(float64(middle(tops))/float64(middle(leaves)), "ratio")
		b.ReportMetric(float64(top)/float64(leaf), "cpu-ratio")
	}
}

// ends are the top of the tree and one of its leaves that has a finding.
func ends(b *testing.B, a *app.App) (root, village int64) {
	ctx := context.Background()
	err := a.DB.QueryRow(ctx, `SELECT id FROM unit WHERE parent_id = 0 ORDER BY code LIMIT 1`).Scan(&root)
	if err == nil {
		err = a.DB.QueryRow(ctx, `SELECT unit_id FROM matter ORDER BY id DESC LIMIT 1`).Scan(&village)
	}
	if err != nil {
		b.Fatal(err)
	}
	return root, village
}

// eachDatabase measures on the embedded database and, where PLUMBLINE_BENCH_POSTGRES names an empty one, on PostgreSQL.
func eachDatabase(b *testing.B, measure func(b *testing.B, c *fixture, a *app.App)) {
	for _, d := range []struct{ name, url string }{{"sqlite", ""}, {"postgres", os.Getenv("PLUMBLINE_BENCH_POSTGRES")}} {
		if d.name == "sqlite" || d.url != "" {
			b.Run(d.name, func(b *testing.B) {
				c := makeCountry(b, d.url)
				measure(b, c, openApp(b, c.dir, c.url, nil))
			})
		}
	}
}
