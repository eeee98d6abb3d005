package org_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/store/storetest"
)

func file(text string) org.Import {
	return org.Import{Name: "units.csv", File: strings.NewReader(text), Size: int64(len(text)), Under: authz.Whole}
}

func (r room) take(in org.Import) org.Report {
	r.t.Helper()
	rep, err := r.ImportUnits(r.ctx, system, in)
	r.ok(err)
	return rep
}

// taken imports and wants no problem.
func (r room) taken(text string) org.Report {
	r.t.Helper()
	rep := r.take(file(text))
	if rep.Wrong > 0 {
		r.t.Fatalf("problems: %+v", rep.Problems)
	}
	return rep
}

func (r room) byCode(code string) org.Unit {
	r.t.Helper()
	u, err := org.UnitByCode(r.ctx, r.db, code)
	if err != nil {
		r.t.Fatalf("%s: %v", code, err)
	}
	return u
}

func codes(rep org.Report) string {
	var out []string
	for _, p := range rep.Problems {
		out = append(out, fmt.Sprintf("%d:%s:%s", p.Line, p.Column, strings.TrimPrefix(p.Code, "org.")))
	}
	return strings.Join(out, " ")
}

const head = "code,parent_code,kind,name,name_en,from,to\n"

func TestImportReportsEveryBadRowAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		rep := r.take(file(head +
			"a,,district,甲,,,\n" +
			"b,nobody,school,乙,,,\n" +
			"a,,school,丙,,,\n" +
			"c,d,school,丙,,,\n" +
			"d,e,school,丁,,,\n" +
			"e,c,school,戊,,,\n" +
			"f,e,school,己,,,\n" +
			"g,a,ship,庚,,,\n" +
			"h,a,school,,,,\n" +
			"i,a,school," + strings.Repeat("长", 121) + ",,,\n" +
			"j,a,school,辛,,2021-02-30,\n" +
			"k,a,school,壬,,2021-02-03,2021-02-01\n" +
			",a,school,癸,,,\n"))
		want := "3:parent_code:no_parent 4:code:doubled_code 5:parent_code:cycle 6:parent_code:cycle 7:parent_code:cycle 9:kind:bad_kind " +
			"10:name:bad_name 11:name:bad_name 12:from:bad_date 13:to:bad_span 14:code:bad_code"
		if got := codes(rep); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if rep.Wrong != 11 || rep.Problems[1].Args["line"] != "2" {
			t.Errorf("%d wrong, %v", rep.Wrong, rep.Problems[1])
		}
		if got := codes(r.take(file("code,kind\na,school\n"))); got != "1:name:missing_column 1:parent_code:missing_column" {
			t.Errorf("missing columns: %s", got)
		}
		if got := codes(r.take(file("\xff\xfe\x00"))); !strings.HasPrefix(got, "0::") {
			t.Errorf("wrong encoding: %s", got)
		}
		if n, err := audit.Size(r.ctx, r.db); n != 0 || err != nil {
			t.Errorf("%d entries in the log, %v", n, err)
		}
		if roots, err := org.Roots(r.ctx, r.db); len(roots) != 0 || err != nil {
			t.Errorf("units were made: %v %v", roots, err)
		}
	})
}

func TestImportMakesRenamesAndMoves(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		rep := r.taken(head + "b,a,学校,乙,B,,\na,,district,甲,,2000-01-01,\nc,b,class,丙,,,\n") // children before parents
		if rep.Created != 3 || rep.Unchanged != 0 || r.byCode("c").Path != r.byCode("b").Path+itoa(r.byCode("c").ID)+"/" || r.byCode("a").Below != 2 {
			t.Fatalf("%+v %+v", rep, r.byCode("a"))
		}
		if u := r.byCode("b"); u.Kind != "school" || u.NameEn != "B" {
			t.Errorf("%+v", u)
		}
		in := file(head + "a,,district,甲,,,\nb,a,school,乙二,,,\nc,a,class,丙,,,\nd,c,class,丁,,,\n")
		in.DryRun = true
		dry := r.take(in)
		if dry.Created != 1 || dry.Renamed != 1 || dry.Moved != 1 || dry.Unchanged != 1 || len(dry.Changes) != 3 || dry.Changes[0].From != "乙" {
			t.Errorf("dry run %+v", dry)
		}
		if r.byCode("b").Name != "乙" {
			t.Error("a dry run changed something")
		}
		in.DryRun = false
		rep = r.take(in)
		if rep.Wrong != 0 || rep.Moved != 1 || r.byCode("c").Parent != r.byCode("a").ID || r.byCode("d").Path != r.byCode("c").Path+itoa(r.byCode("d").ID)+"/" {
			t.Errorf("%+v %+v", rep, r.byCode("d"))
		}
		if r.byCode("a").Below != 3 || r.byCode("b").Below != 0 || r.byCode("b").NameEn != "B" {
			t.Errorf("%+v %+v", r.byCode("a"), r.byCode("b"))
		}
		before, _, err := org.UnitAt(r.ctx, r.db, r.byCode("b").ID, "2022-01-09")
		if err != nil || before.Name != "乙" {
			t.Errorf("the name of before: %+v %v", before, err)
		}
		h, err := audit.History(r.ctx, r.db, audit.Subject{Kind: "unit", ID: r.byCode("d").ID}, 10)
		if err != nil || len(h) != 1 || h[0].Note["created"] != "1" || len(h[0].Note["rows_sha256"]) != 64 || h[0].Note["file_sha256"] != rep.Digest {
			t.Errorf("the log: %+v %v", h, err)
		}
		if n, _ := audit.Size(r.ctx, r.db); n != 2 {
			t.Errorf("%d entries for two imports", n)
		}
	})
}

// Two units change places: on the way neither may stand under itself.
func TestImportTurnsATreeOver(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		r.taken(head + "r,,district,根,,,\na,r,school,甲,,,\nb,a,school,乙,,,\nc,b,class,丙,,,\n")
		r.taken(head + "a,b,school,甲,,,\nb,r,school,乙,,,\nn,a,class,新,,,\n") // r stands outside the file
		if got, want := r.byCode("n").Path, r.byCode("b").Path+itoa(r.byCode("a").ID)+"/"+itoa(r.byCode("n").ID)+"/"; got != want {
			t.Errorf("path %s, want %s", got, want)
		}
		rep := r.take(file(head + "b,c,school,乙,,,\n")) // c, outside the file, stands under b
		if codes(rep) != "2:parent_code:cycle" {
			t.Errorf("a cycle through units outside the file: %s", codes(rep))
		}
	})
}

func TestImportDates(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		r.taken(head + "a,,district,甲,,2000-01-01,\nb,a,school,乙,,2001-01-01,\nc,b,class,丙,,,\n")
		if got := codes(r.take(file(head + "b,a,school,乙,,,2021-01-01\n"))); got != "2:to:open_children" {
			t.Errorf("an end above an open unit: %s", got)
		}
		rep := r.taken(head + "b,a,school,乙,,2001-02-01,2021-01-01\nc,b,class,丙,,,2021-01-01\n")
		if b := r.byCode("b"); rep.Dated != 2 || b.To != "2021-01-01" || b.From != "2001-02-01" || r.byCode("a").Below != 0 {
			t.Errorf("%+v %+v", rep, b)
		}
		if got := codes(r.take(file(head + "b,a,school,新名,,,\nd,b,class,丁,,,\n"))); got != "2:code:ended 3:parent_code:ended" {
			t.Errorf("a change of what has ended: %s", got)
		}
		in := file(head + "a,,district,甲二,,,\n")
		in.Date = "2020-01-01"
		r.take(in)
		in = file(head + "a,,district,甲三,,,\n")
		in.Date = "2019-01-01"
		if got := codes(r.take(in)); got != "2:code:changed_since" {
			t.Errorf("a change before the last one: %s", got)
		}
		in.Date, in.Correct = "", true
		r.take(in)
		if past, err := org.History(r.ctx, r.db, r.byCode("a")); err != nil || len(past) != 2 || past[0].Name != "甲三" || past[0].From != "2020-01-01" {
			t.Errorf("a correction: %+v %v", past, err)
		}
	})
}

func TestImportStaysInsideItsRight(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		r.taken(head + "r,,district,根,,,\na,r,school,甲,,,\nb,r,school,乙,,,\nx,a,class,子,,,\n")
		a := r.byCode("a")
		in := file(head + "a,r,school,甲,,,\nx,a,class,改,,,\ny,a,class,新,,,\n")
		in.Under = a.Place()
		rep, err := r.ImportUnits(r.ctx, clerk(a), in)
		if err != nil || rep.Wrong != 0 || rep.Created != 1 || rep.Renamed != 1 {
			t.Fatalf("%+v %v", rep, err)
		}
		in = file(head + "b,r,school,改,,,\nz,b,class,新,,,\nx,b,class,改,,,\nq,,school,根,,,\n")
		in.Under = a.Place()
		rep, err = r.ImportUnits(r.ctx, clerk(a), in)
		if err != nil || codes(rep) != "2:code:outside 3:code:outside 4:code:outside 5:code:outside" {
			t.Errorf("%s %v", codes(rep), err)
		}
		in.Under = authz.Whole
		if _, err = r.ImportUnits(r.ctx, clerk(a), in); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("a clerk imported everywhere: %v", err)
		}
	})
}

// cityRoom is a room whose pack has the kinds of the real file.
func cityRoom(t *testing.T, r room) *org.Service {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{
		"pack.json": {Data: []byte(`{"id":"x","name":{"zh":"x","en":"x"},"unit_kinds":[{"id":"city","name":{"zh":"市","en":"City"}},{"id":"county","name":{"zh":"县","en":"County"}},
			{"id":"township","name":{"zh":"乡","en":"Township"}},{"id":"village","name":{"zh":"村","en":"Village"}}],"post_kinds":[],"group_kinds":[]}`)},
		"roles.json": {Data: []byte(`[]`)}, "terms.json": {Data: []byte(`{}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	policy, err := authz.NewPolicy(nil)
	if err != nil {
		t.Fatal(err)
	}
	return org.New(gate.New(r.db, policy), r.db, p, time.UTC)
}

func TestImportOfARealCityInEveryForm(t *testing.T) {
	utf8, err := os.ReadFile("testdata/units-fuxin.csv")
	if err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes(utf8)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write(utf8)
	_ = w.Close()
	for name, text := range map[string][]byte{"utf-8": utf8, "gb18030": gbk, "gzip": zipped.Bytes()} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, storetest.OpenSQLite(t, storetest.NewClock()))
			r.Service = cityRoom(t, r)
			in := org.Import{Name: name, File: bytes.NewReader(text), Size: int64(len(text)), Under: authz.Whole, Gzip: true}
			var told []int64
			in.Progress = func(done int64) { told = append(told, done) }
			rep := r.take(in)
			if rep.Rows != 904 || rep.Created != 904 || rep.Wrong != 0 {
				t.Fatalf("%+v", rep)
			}
			if u := r.byCode("210902"); u.Name != "海州区" || r.byCode("2109").Below != 903 {
				t.Errorf("%+v %+v", u, r.byCode("2109"))
			}
			if again := r.take(in); again.Unchanged != 904 || again.Created != 0 || again.Wrong != 0 {
				t.Errorf("again: %+v", again)
			}
			if len(told) == 0 || told[len(told)-1] != 1000 {
				t.Errorf("progress %v", told)
			}
		})
	}
}

// After any import either there are problems and nothing changed, or every row is so, every path is the chain of its
// parents, and every count is counted.
func TestAnyImportLeavesATree(t *testing.T) {
	r, serial := newRoom(t, storetest.OpenSQLite(t, storetest.NewClock())), 0
	rapid.Check(t, func(rt *rapid.T) {
		serial++
		n := rapid.IntRange(1, 8).Draw(rt, "codes")
		state := map[string]string{} // code to parent code
		for round := range rapid.IntRange(1, 4).Draw(rt, "rounds") {
			var b strings.Builder
			b.WriteString(head)
			rows := map[string]string{}
			for i := range n {
				if rapid.Bool().Draw(rt, "named") {
					code, parent := fmt.Sprintf("%d-%d", serial, i), ""
					if p := rapid.IntRange(-1, n-1).Draw(rt, "parent"); p >= 0 {
						parent = fmt.Sprintf("%d-%d", serial, p)
					}
					rows[code] = parent
					fmt.Fprintf(&b, "%s,%s,class,n%d,,,\n", code, parent, round)
				}
			}
			rep, err := r.ImportUnits(r.ctx, system, file(b.String()))
			if err != nil {
				rt.Fatal(err)
			}
			next := map[string]string{}
			for c, p := range state {
				next[c] = p
			}
			for c, p := range rows {
				next[c] = p
			}
			if sound(next) != (rep.Wrong == 0) {
				rt.Fatalf("round %d: %s; the model says %v\n%s", round, codes(rep), sound(next), b.String())
			}
			if rep.Wrong == 0 {
				state = next
			}
			compareTree(rt, r, state)
		}
	})
}

// sound says whether every chain of parents ends at a root.
func sound(parents map[string]string) bool {
	for c := range parents {
		at, steps := c, 0
		for at != "" {
			p, known := parents[at]
			if steps++; !known || steps > len(parents) {
				return false
			}
			at = p
		}
	}
	return true
}

func compareTree(rt *rapid.T, r room, parents map[string]string) {
	below := map[string]int64{}
	for c := range parents {
		for p := parents[c]; p != ""; p = parents[p] {
			below[p]++
		}
	}
	for c := range parents {
		u := r.byCode(c)
		path := "/" + itoa(u.ID) + "/"
		for p := parents[c]; p != ""; p = parents[p] {
			path = "/" + itoa(r.byCode(p).ID) + path
		}
		if u.Path != path || u.Below != below[c] {
			rt.Fatalf("%s: path %s want %s, below %d want %d", c, u.Path, path, u.Below, below[c])
		}
	}
}
