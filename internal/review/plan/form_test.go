package plan

import (
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func same(t interface{ Fatalf(string, ...any) }, a, b Body) {
	x, _ := a.Text()
	y, _ := b.Text()
	if x != y {
		t.Fatalf("became\n%s\nfrom\n%s", y, x)
	}
}

func TestAFormKeepsEveryField(t *testing.T) {
	b := start(t)
	b.Trim = &Trim{1, 5}
	got, problems := Decode(b.Encode())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	same(t, b, got)
}

func TestAFormKeepsWhatWasEdited(t *testing.T) {
	base := start(t)
	rapid.Check(t, func(t *rapid.T) {
		v := base.Encode()
		for range rapid.IntRange(0, 8).Draw(t, "steps") {
			list := rapid.SampledFrom([]string{"classes", "items", "areas", "steps", "parts", "ties", "calls", "bands", "grades", "report.sections", "parts.1.sheet.lines"}).Draw(t, "list")
			if rows := Rows(v, list); len(rows) > 0 && rapid.Bool().Draw(t, "drop") {
				DropRow(v, list+"."+url.QueryEscape(itoa(rapid.SampledFrom(rows).Draw(t, "row"))))
			} else {
				AddRow(v, list)
			}
		}
		one, _ := Decode(v)
		two, problems := Decode(one.Encode())
		if len(problems) > 0 {
			t.Fatalf("%v", problems)
		}
		same(t, one, two)
	})
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestRowsWithoutAnIDGetAFreeOne(t *testing.T) {
	v := start(t).Encode()
	AddRow(v, "classes")
	AddRow(v, "areas")
	v.Set("classes.3.weight", "0.1")
	b, _ := Decode(v)
	if b.Classes[3].ID != "D" || b.Areas[5].ID != "area1" {
		t.Errorf("%q %q", b.Classes[3].ID, b.Areas[5].ID)
	}
}

func TestWhatIsNoNumberIsAProblem(t *testing.T) {
	v := start(t).Encode()
	v.Set("steps.0.offset", "soon")
	v.Set("quota.on", "")
	b, problems := Decode(v)
	if len(problems) != 1 || problems[0].Path != "steps.0.offset" || b.Quota != nil || b.Steps[1].Offset != -20 {
		t.Errorf("%v %v", problems, b.Quota)
	}
	if FieldName("parts[1].sheet.lines[0].name") != "parts.1.sheet.lines.0.name.zh" {
		t.Error(FieldName("parts[1].sheet.lines[0].name"))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("classes.0.id=A&classes.0.weight=1&quota.on=1")
	f.Add("steps.9999999999999.offset=1&areas.-1.id=x&parts.0.kind=sheet")
	f.Fuzz(func(t *testing.T, query string) {
		v, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		one, _ := Decode(v)
		two, _ := Decode(one.Encode())
		same(t, one, two)
		_ = one.Problems()
	})
}
