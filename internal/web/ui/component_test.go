package ui

import (
	"strings"
	"testing"
	"testing/fstest"
)

type testPage struct {
	Frame
	Title string // shadows the frame's on purpose
	X     any
}

func render(t *testing.T, lang, source string, x any) string {
	t.Helper()
	l := map[string]Locale{"zh": zh, "en": en}[lang]
	files := fstest.MapFS{"p.html": {Data: []byte(source)}}
	tmpl, err := Parse(files, "p.html", Funcs(l, words(t, lang)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Render(&b, tmpl, testPage{Frame: Frame{Lang: lang, Title: "Framed"}, Title: "Own", X: x}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func component(t *testing.T, name string, x any) string {
	t.Helper()
	out := render(t, "en", `{{define "main"}}<!--[-->@@{{template "`+name+`" .X}}@@{{end}}`, x)
	return strings.Split(out, "@@")[1]
}

func wants(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("no %s in\n%s", w, out)
		}
	}
}

func TestFieldTiesItsNotesToTheControl(t *testing.T) {
	out := component(t, "c-field", Field{Name: "due", Type: "date", Label: "Due", Hint: "h", Error: "Write a date", Default: "check", Value: "2026-01-27", Required: true})
	wants(t, out, `<label for="f-due">Due</label>`, `aria-describedby="f-due-hint f-due-err f-due-dflt"`, `aria-invalid="true"`, ` required`, `value="2026-01-27"`, `id="f-due-err"`, `id="f-due-dflt"`)
	if strings.Contains(out, "optional") {
		t.Error("a required field is called optional")
	}
	wants(t, component(t, "c-field", Field{Name: "n", Label: "Note"}), "(optional)", `type="text"`)
}

func TestFieldKeepsWhatWasTyped(t *testing.T) {
	wants(t, component(t, "c-field", Field{Name: "a", Type: "textarea", Value: "\n<b> & 中文"}), ">\n\n&lt;b&gt; &amp; 中文</textarea>")
	wants(t, component(t, "c-field", Field{Name: "a", Type: "select", Value: "2", Options: []Option{{Value: "1"}, {Value: "2", Text: "two"}}}), `<option value="2" selected>two`)
	wants(t, component(t, "c-field", Field{Name: "a", Type: "checkbox", Values: []string{"y"}, Options: []Option{{Value: "x"}, {Value: "y"}}}), `value="y" checked`)
	wants(t, component(t, "c-field", Field{Name: "a", Type: "checkbox", Value: "1", Label: "Yes"}), `value="1" checked`)
	wants(t, component(t, "c-field", Field{Name: "a", Type: "radio", Value: "y", Options: []Option{{Value: "x"}, {Value: "y"}}}), `value="y" checked`, "<legend>")
	wants(t, component(t, "c-field", Field{Name: "v", Type: "hidden", Value: "7"}), `<input type="hidden" name="v" value="7">`)
}

func TestErrorsLinkToFields(t *testing.T) {
	fields := []Field{{Name: "a", Error: "Write a"}, {Name: "b"}, {ID: "own", Error: "Write c"}}
	wants(t, component(t, "c-errors", Errors(fields...)), `href="#f-a"`, `href="#own"`, "2 things", `role="alert"`)
	if Errors(Field{Name: "b"}) != nil {
		t.Error("a summary of no errors")
	}
	if out := component(t, "c-errors", Errors()); out != "" {
		t.Errorf("no errors show as %q", out)
	}
}

func TestALongFilterFoldsOnAPhone(t *testing.T) {
	fields := []Field{{Name: "q", Label: "Words"}, {Name: "a", Label: "A"}, {Name: "b", Label: "B"}}
	month := Field{Name: "m", Type: "select", Value: "10", Options: []Option{{Value: "10", Text: "October"}, {Value: "9", Text: "September"}}}
	out := component(t, "c-filter", Filter{Fields: []Field{{Name: "q", Label: "Words", Value: "road"}, {Name: "a", Label: "A", Value: "x"}, {Name: "b", Label: "B", Type: "select", Value: "late", Options: []Option{{}, {Value: "late"}}}, month}})
	wants(t, out, `<summary>Filters (2 active)</summary></details><div class="folded"><div class="field"><label for="f-a">`)
	if strings.Index(out, `for="f-q"`) > strings.Index(out, "<details") || strings.Index(out, `for="f-b"`) > strings.Index(out, "</div><button") {
		t.Errorf("the search is folded away, or a field is not: %s", out)
	}
	wants(t, component(t, "c-filter", Filter{Fields: fields}), "<summary>More filters</summary>")
	if out := component(t, "c-filter", Filter{Fields: fields[:2]}); strings.Contains(out, "<details") || strings.Contains(out, "folded") {
		t.Errorf("two fields fold: %s", out)
	}
}

func TestTable(t *testing.T) {
	table := Table{Caption: "Units", Columns: []Column{{Head: "Unit"}, {Head: "Score", Unit: "points", Align: "right", Sort: "?sort=score", Sorted: "desc"}},
		Rows: []Row{{Href: "/u/1", Cells: []Cell{T("One"), T("92.50")}}, {Cells: []Cell{T("Two"), {}}}}, Foot: []Cell{T("Total"), T("92.50")}, Pager: &Pager{Text: "1–2 of 9", Next: "?page=2"}}
	wants(t, component(t, "c-table", table), `aria-sort="descending"`, `data-href="/u/1"`, `<a href="/u/1" data-item>One</a>`, `class="r" data-label="Score (points)"`, `class="r empty"`, `rel="next"`, "<tfoot")
	empty := Table{Columns: table.Columns, Empty: &EmptyState{Title: "None yet"}}
	if out := component(t, "c-table", empty); !strings.Contains(out, "None yet") || strings.Contains(out, "<table") {
		t.Errorf("an empty list shows %s", out)
	}
	wants(t, component(t, "c-table", Table{Columns: []Column{{Head: "Unit"}}, Rows: []Row{{Cells: []Cell{T("a"), T("one too many")}}}}), "one too many")
}

func TestEveryStateHasItsOwnShape(t *testing.T) {
	seen := map[string]string{}
	for _, state := range []string{OnTime, Soon, Late, Waiting, Done, Draft, None, Info} {
		s := shape(state)
		if other, twice := seen[s]; twice {
			t.Errorf("%s and %s look alike", state, other)
		}
		seen[s] = state
		wants(t, component(t, "c-status", Status{State: state}), s, words(t, "en")("ui.status."+state))
	}
}

func TestProgressStopsAsking(t *testing.T) {
	p := Progress{ID: "j", Label: "Importing", Value: 1, Max: 2, Poll: "/jobs/1"}
	wants(t, component(t, "c-progress", p), `hx-get="/jobs/1"`, `value="1" max="2"`)
	p.Done = true
	if out := component(t, "c-progress", p); strings.Contains(out, "hx-get") {
		t.Error("work that is done is asked for again")
	}
}

func TestFrame(t *testing.T) {
	out := render(t, "zh", `{{define "main"}}<p>{{.Title}}</p>{{end}}{{define "rail"}}beside{{end}}`, nil)
	wants(t, out, `<html lang="zh"`, "<title>Framed</title>", "<h1>Framed</h1>", "<p>Own</p>", "beside</aside>", `href="#main"`, AssetURL("app.css"), "跳到正文", `value="en"`)
	if out := render(t, "en", `{{define "main"}}x{{end}}`, nil); strings.Contains(out, "<aside") || !strings.Contains(out, `value="zh"`) {
		t.Error("a page without a rail has one, or can't be switched to Chinese")
	}
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	funcs := Funcs(en, words(t, "en"))
	for source, want := range map[string]string{
		`{{define "other"}}{{end}}`:      `defines no "main"`,
		`{{define "main"}}{{nothing}}`:   "p.html",
		`{{define "main"}}{{if}}{{end}}`: "p.html",
	} {
		_, err := Parse(fstest.MapFS{"p.html": {Data: []byte(source)}}, "p.html", funcs)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", source, err, want)
		}
	}
	if _, err := Parse(fstest.MapFS{}, "p.html", funcs); err == nil {
		t.Error("a missing page parses")
	}
}

// A page whose template fails sends nothing: the error page can still follow.
func TestRenderIsAllOrNothing(t *testing.T) {
	tmpl, err := Parse(fstest.MapFS{"p.html": {Data: []byte(`{{define "main"}}{{.X.Nothing}}{{end}}`)}}, "p.html", Funcs(en, words(t, "en")))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := Render(&b, tmpl, testPage{Frame: Frame{Lang: "en"}, X: struct{ A int }{1}}); err == nil || b.Len() > 0 {
		t.Errorf("%v after %d bytes", err, b.Len())
	}
}

// The gallery's promise, kept here as text: nothing that the policy would refuse.
func TestAssetsAskNobodyElse(t *testing.T) {
	for _, name := range []string{"static/app.css", "static/app.js", "static/mark.svg"} {
		b, err := Static.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"data:", "https://", "@import", "eval(", "new Function", "innerHTML", ".style."} {
			if text := strings.ReplaceAll(string(b), "http://www.w3.org/2000/svg", ""); strings.Contains(text, bad) {
				t.Errorf("%s contains %s", name, bad)
			}
		}
	}
}
