package org_test

import (
	"bytes"
	"context"
	"os"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/org"
	"plumbline/internal/store/storetest"
)

// Whatever is sent in as a table of units or people, the answer is a report, and a trial changes nothing.
func FuzzImport(f *testing.F) {
	city, err := os.ReadFile("testdata/units-fuxin.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(city[:2000])
	f.Add([]byte(head + "a,,district,甲,,2020-01-01,\nb,a,school,乙,,,2021-01-01\na,b,school,丙,,,\n"))
	f.Add([]byte(peopleHead + "k1,甲,d,head,,2019-03-01,\nk2,乙,d,teacher,,2019-03-01,2018-01-01\n"))
	f.Add([]byte("code,parent_code,kind,name\n\"a"))
	f.Add([]byte("\xff\xfe"))
	f.Add([]byte("PK\x03\x04"))
	r := newRoom(f, storetest.OpenSQLite(f, storetest.NewClock()))
	if _, err := r.CreateUnit(r.ctx, system, org.NewUnit{Code: "d", Kind: "district", Name: "丁"}); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in := org.Import{Name: "x", File: bytes.NewReader(text), Size: int64(len(text)), Under: authz.Whole, DryRun: true, Gzip: true}
		for _, take := range []func(context.Context, authz.Actor, org.Import) (org.Report, error){r.ImportUnits, r.ImportPeople} {
			rep, err := take(r.ctx, system, in)
			if err != nil && fault.As(err) == nil {
				t.Fatal(err)
			}
			if rep.Wrong < len(rep.Problems) {
				t.Fatalf("%d problems of %d", len(rep.Problems), rep.Wrong)
			}
		}
		var units, people int
		if err := r.db.QueryRow(r.ctx, `SELECT (SELECT COUNT(*) FROM unit), (SELECT COUNT(*) FROM person)`).Scan(&units, &people); err != nil || units != 1 || people != 0 {
			t.Fatalf("a trial left %d units and %d people, %v", units, people, err)
		}
	})
}
