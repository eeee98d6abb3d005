package ledger_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/flow"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

var plainWords = ledger.LogWords{Lang: "en", T: func(key string) string { return key }}

func (h *house) log(format string) string {
	h.t.Helper()
	history, _ := h.trails(clerk, ledger.Filter{}, ledger.Period{})
	path := filepath.Join(h.t.TempDir(), "log")
	if err := history.WriteLog(h.ctx, format, path, plainWords); err != nil {
		h.t.Fatalf("%s: %v", format, err)
	}
	return path
}

// The same history in four formats says the same, and none of them says who a person is or what was typed.
func TestEventLogs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		first := h.wander()
		again := h.finding("谁来办呢")
		if err := h.SetRepeat(h.ctx, clerk, again, first); err != nil {
			t.Fatal(err)
		}
		texts := map[string]string{}
		for _, f := range ledger.LogFormats {
			text, err := os.ReadFile(h.log(f.ID))
			if err != nil {
				t.Fatal(err)
			}
			texts[f.ID] = string(text)
			for _, secret := range []string{"谁来办", "说明", "看过", "account", "张三", "人2", "Person"} {
				if strings.Contains(texts[f.ID], secret) {
					t.Errorf("%s says %s", f.ID, secret)
				}
			}
		}

		l, problems, _ := flow.Read(strings.NewReader(texts[ledger.LogCSV]))
		if l == nil {
			t.Fatal(problems)
		}
		f := l.Measure()
		if f.Cases != 2 || f.Events != 14 || f.Handovers != 8 || f.PingPongOccurrences != 6 || f.ReworkEvents != 1 {
			t.Errorf("%+v", f)
		}
		if n := strings.Count(texts[ledger.LogXES], "<event>"); n != 14 || !strings.Contains(texts[ledger.LogXES], `<string key="org:resource" value="C3"/>`) {
			t.Errorf("%d events in XES: %s", n, texts[ledger.LogXES])
		}

		var ocel struct {
			Events  []struct{ Type string } `json:"events"`
			Objects []struct {
				ID            string
				Relationships []struct{ ObjectID, Qualifier string }
			} `json:"objects"`
		}
		if err := json.Unmarshal([]byte(texts[ledger.LogOCELJSON]), &ocel); err != nil {
			t.Fatal(err)
		}
		var related []string
		for _, o := range ocel.Objects {
			for _, r := range o.Relationships {
				related = append(related, o.ID+" "+r.Qualifier+" "+r.ObjectID)
			}
		}
		want := []string{"ZG-2022-0001 convenor unit:C1", "ZG-2022-0001 owner unit:C3", "ZG-2022-0002 convenor unit:C1", "ZG-2022-0002 owner unit:C2", "ZG-2022-0002 repeats ZG-2022-0001"}
		if diff := cmp.Diff(want, related); diff != "" || len(ocel.Events) != 14 || ocel.Events[1].Type != "Disputed" {
			t.Errorf("%s %+v", diff, ocel.Events)
		}

		lite, err := sql.Open("sqlite", h.log(ledger.LogOCELSQLite))
		if err != nil {
			t.Fatal(err)
		}
		defer lite.Close()
		var events, owners int
		var problem sql.NullString
		err = lite.QueryRow(`SELECT (SELECT COUNT(*) FROM event), (SELECT COUNT(*) FROM object_rectification WHERE owner IS NOT NULL), (SELECT "table" FROM pragma_foreign_key_check LIMIT 1)`).Scan(&events, &owners, &problem)
		if err != nil || events != 14 || owners != 3 || problem.Valid {
			t.Errorf("%d events, %d owners, %v, %v", events, owners, problem, err)
		}
	})
}

func TestEventLogOverwritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := open(t, db, clock)
		history, _ := h.trails(clerk, ledger.Filter{}, ledger.Period{})
		path := filepath.Join(t.TempDir(), "mine")
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := history.WriteLog(h.ctx, ledger.LogXES, path, plainWords); !errors.Is(err, os.ErrExist) {
			t.Error(err)
		}
		if text, _ := os.ReadFile(path); string(text) != "mine" {
			t.Errorf("%s", text)
		}
		if err := history.WriteLog(h.ctx, "pdf", path+"2", plainWords); err == nil {
			t.Error("an unknown format was written")
		}
		if _, err := os.Stat(path + "2"); !errors.Is(err, os.ErrNotExist) {
			t.Error("half a file was left behind")
		}
	})
}
