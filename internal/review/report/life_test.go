package report

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// life is one report under any sequence of verbs, with a model of what must be true of it.
type life struct {
	w       *world
	id      int64
	texts   map[string]string // what stands in each part
	authors map[string]string // who wrote it
	must    map[string]bool   // words of one person that another overwrote: they must be kept
	aside   map[string]string // part and person: what was refused as stale
	handed  map[int]string    // number: digest
	state   State
	next    int
}

var lifeParts = []string{"results", "problems"}

func (l *life) save(t *rapid.T) {
	part := rapid.SampledFrom(lifeParts).Draw(t, "part")
	who := rapid.SampledFrom([]authz.Actor{clerk, clerk2, head}).Draw(t, "who")
	now, err := findPart(ctx, l.w.db, l.id, part)
	check(t, err)
	version := now.Version
	if rapid.IntRange(0, 3).Draw(t, "old form") == 0 {
		version--
	}
	l.next++
	text := fmt.Sprintf("text %d.", l.next)
	_, err = l.w.s.Save(ctx, who, Save{l.id, part, text, version})
	switch {
	case l.state == Submitted || l.state == Accepted:
		if fault.KindOf(err) != fault.Invalid {
			t.Fatalf("written while %s: %v", l.state, err)
		}
	case version != now.Version:
		if fault.KindOf(err) != fault.Stale {
			t.Fatalf("a stale form was taken: %v", err)
		}
		l.aside[part+"/"+who.Name] = text
	default:
		check(t, err)
		if old := l.texts[part]; old != "" && l.authors[part] != who.Name {
			l.must[old] = true
		}
		l.texts[part], l.authors[part] = text, who.Name
		delete(l.aside, part+"/"+who.Name)
	}
}

func (l *life) submit(t *rapid.T) {
	h, err := findHead(ctx, l.w.db, l.id)
	check(t, err)
	remarks, err := listRemarks(ctx, l.w.db, l.id)
	check(t, err)
	open := len(unanswered(remarks, h.Number))
	n, err := l.w.s.Submit(ctx, head, l.id, h.Version)
	ok := len(l.texts) > 0 && (l.state == Drafting || l.state == Returned && open == 0)
	if ok != (err == nil) {
		t.Fatalf("handed in while %s with %d remarks open: %v", l.state, open, err)
	}
	if ok {
		v, _, err := versionBody(ctx, l.w.db, l.id, 0, n)
		check(t, err)
		l.handed[n], l.state = v.Digest, Submitted
	}
}

func (l *life) review(t *rapid.T) {
	n := len(l.handed)
	var err error
	to := l.state
	switch rapid.SampledFrom([]string{"remark", "remark", "return", "accept"}).Draw(t, "review") {
	case "remark":
		err = l.w.s.Remark(ctx, bureau, NewRemark{l.id, n, "", "Mend it."})
	case "return":
		to, err = Returned, l.w.s.Return(ctx, bureau, l.id, n, "")
	case "accept":
		to, err = Accepted, l.w.s.Accept(ctx, bureau, l.id, n)
	}
	if err == nil && l.state != Submitted {
		t.Fatalf("reviewed while %s", l.state)
	}
	if err == nil {
		l.state = to
	}
}

func (l *life) answer(t *rapid.T) {
	remarks, err := listRemarks(ctx, l.w.db, l.id)
	check(t, err)
	for _, m := range remarks {
		if err = l.w.s.AnswerRemark(ctx, clerk, l.id, m.ID, "Mended.", m.Version); err == nil && m.Answer == "" && l.state != Returned {
			t.Fatalf("answered while %s", l.state)
		}
	}
}

// holds is what no sequence of verbs may break.
func (l *life) holds(t *rapid.T) {
	h, err := findHead(ctx, l.w.db, l.id)
	check(t, err)
	if h.State != l.state || h.Number != len(l.handed) {
		t.Fatalf("stands at %s %d, should at %s %d", h.State, h.Number, l.state, len(l.handed))
	}
	var kept strings.Builder
	err = store.Each(ctx, l.w.db, `SELECT number, digest, body FROM report_version WHERE reporter_id = $1`, []any{l.id}, func(rows *sql.Rows) error {
		var n int
		var digest, body string
		err := rows.Scan(&n, &digest, &body)
		if n > 0 && l.handed[n] != digest || digestOf(body) != digest {
			t.Fatalf("version %d changed after it was handed in", n)
		}
		kept.WriteString(body)
		return err
	})
	check(t, err)
	parts, err := listParts(ctx, l.w.db, l.id)
	check(t, err)
	for part, text := range l.texts {
		if parts[part].Body != text {
			t.Fatalf("%s holds %q, should %q", part, parts[part].Body, text)
		}
	}
	for text := range l.must {
		if !strings.Contains(kept.String(), text) {
			t.Fatalf("%q was overwritten by somebody else and is kept nowhere", text)
		}
	}
	for key, text := range l.aside {
		part, name, _ := strings.Cut(key, "/")
		n := l.w.count(`SELECT COUNT(*) FROM report_aside a WHERE reporter_id = $1 AND part = $2 AND body = $3`, l.id, part, text)
		if n != 1 {
			t.Fatalf("what %s wrote into a stale form is lost", name)
		}
	}
}

func check(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoSequenceLosesText(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		w, id := newWorld(t, db, clock), int64(1000)
		rapid.Check(t, func(t *rapid.T) {
			id++
			w.sql(`UPDATE cycle_reporter SET unit_id = -id WHERE unit_id = 2 AND cycle_id = 2`)
			w.reporter(id, 2, 2)
			l := &life{w: w, id: id, texts: map[string]string{}, authors: map[string]string{}, must: map[string]bool{}, aside: map[string]string{},
				handed: map[int]string{}, state: Drafting}
			steps := rapid.SliceOfN(rapid.SampledFrom([]string{"save", "save", "save", "submit", "review", "review", "answer", "wait"}), 4, 14).Draw(t, "steps")
			for _, step := range steps {
				switch step {
				case "save":
					l.save(t)
				case "submit":
					l.submit(t)
				case "review":
					l.review(t)
				case "answer":
					l.answer(t)
				case "wait":
					clock.Add(7 * time.Minute)
				}
				l.holds(t)
			}
		})
	})
}
