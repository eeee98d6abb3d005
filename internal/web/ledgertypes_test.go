package web_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var (
	inputBox  = regexp.MustCompile(`<input [^>]*>`)
	nameOf    = regexp.MustCompile(` name="([^"]*)"`)
	valueOf   = regexp.MustCompile(` value="([^"]*)"`)
	areaBox   = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]*)"[^>]*>(.*?)</textarea>`)
	selectBox = regexp.MustCompile(`(?s)<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>`)
	optionBox = regexp.MustCompile(`<option value="([^"]*)"[^>]* selected`)
)

// designForm is everything that the form of a draft holds, as a browser would send it.
func designForm(body string) []string {
	_, body, _ = strings.Cut(body, `id="design"`)
	body, _, _ = strings.Cut(body, `</form>`)
	var out []string
	add := func(name, value string) {
		if name != "" && name != "_once" {
			out = append(out, name, html.UnescapeString(value))
		}
	}
	first := func(m []string) string {
		if m == nil {
			return ""
		}
		return m[1]
	}
	for _, box := range inputBox.FindAllString(body, -1) {
		if !strings.Contains(box, `type="checkbox"`) || strings.Contains(box, " checked") {
			add(first(nameOf.FindStringSubmatch(box)), first(valueOf.FindStringSubmatch(box)))
		}
	}
	for _, m := range areaBox.FindAllStringSubmatch(body, -1) {
		add(m[1], m[2])
	}
	for _, m := range selectBox.FindAllStringSubmatch(body, -1) {
		add(m[1], first(optionBox.FindStringSubmatch(m[2])))
	}
	return out
}

// bodyOf is the definition that a page shows as a text.
func bodyOf(page string) string { return areaBox.FindStringSubmatch(page)[2] }

// with is a form with other values.
func with(form []string, pairs ...string) []string {
	out := append([]string{}, form...)
	for i := 0; i < len(pairs); i += 2 {
		found := false
		for j := 0; j < len(out); j += 2 {
			if out[j] == pairs[i] {
				out[j+1], found = pairs[i+1], true
			}
		}
		if !found {
			out = append(out, pairs[i], pairs[i+1])
		}
	}
	return out
}

// An administrator copies a ledger, changes a field and a state, tries it, publishes it; a clerk uses it at once; the
// next version strands a matter, and the move brings it over.
func TestALedgerIsMadeInTheBrowser(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		admin := h.As("designer", "admin@")
		x.clerk.Must(403, x.clerk.Get("/ledgers/types"))
		admin.Page("/ledgers/types")
		admin.Page("/ledgers/types/promise")
		bad := admin.Must(422, admin.Post("/ledgers/types/promise/copy", "name_zh", "督查台账", "name_en", "", "one_zh", "督查件", "one_en", "Case", "prefix", "DUC"))
		if !strings.Contains(bad.Body, `href="#f-name_en"`) {
			t.Fatalf("a copy without a name: %s", apptest.Text(bad.Body))
		}
		at := admin.Must(303, admin.Post("/ledgers/types/promise/copy", "name_zh", "督查台账", "name_en", "Inspection cases", "one_zh", "督查件", "one_en", "Case", "prefix", "DUC")).Location
		// A new state: its row, its name, the way to it.
		part := func(at, name string) string { return at + "?view=" + name }
		form := designForm(admin.Page(part(at, "states")).Body)
		admin.Must(303, admin.Post(at, append(form, "do", "add:s")...))
		draft := admin.Page(part(at, "states")).Body
		if !strings.Contains(draft, `#states-4"`) || !strings.Contains(draft, `id="f-s.4.zh-err"`) {
			t.Fatalf("a state without a name is no mistake beside its box: %s", apptest.Text(draft))
		}
		form = with(designForm(draft), "s.4.zh", "待复核", "s.4.en", "To be checked", "s.4.class", "convenor")
		admin.Must(303, admin.Post(at, append(form, "do", "save")...))
		if draft = admin.Page(part(at, "states")).Body; !strings.Contains(draft, `value="to_be_checked"`) {
			t.Fatal("the new state has no key of its name")
		}
		admin.Must(303, admin.Post(at, append(with(designForm(admin.Page(part(at, "fields")).Body), "f.0.zh", "督查事项"), "do", "save")...))
		form = designForm(admin.Page(part(at, "transitions")).Body)
		admin.Must(303, admin.Post(at, append(form, "do", "add:t")...))
		form = with(designForm(admin.Page(part(at, "transitions")).Body), "t.4.zh", "提交复核", "t.4.en", "Hand in for checking", "t.4.from", "made", "t.4.to", "to_be_checked", "t.4.who", "ledger.own")
		form = append(form, "t.1.from", "to_be_checked")
		admin.Must(303, admin.Post(at, append(form, "do", "save")...))
		draft = admin.Page(at).Body
		if !strings.Contains(draft, "没有发现问题") {
			t.Fatalf("the draft: %s", apptest.Text(draft))
		}
		for _, name := range []string{"names", "fields", "states", "transitions", "clocks", "links", "more"} {
			before := admin.Page(part(at, "text")).Body
			admin.Must(303, admin.Post(at, append(designForm(admin.Page(part(at, name)).Body), "do", "save")...))
			if after := admin.Page(part(at, "text")).Body; bodyOf(after) != bodyOf(before) {
				t.Errorf("saving the chapter %s as it stands changes\n%s\nto\n%s", name, bodyOf(before), bodyOf(after))
			}
		}
		// What is no number is answered beside its box, and not taken.
		clocks := designForm(admin.Page(part(at, "clocks")).Body)
		refused := admin.Must(422, admin.Post(at, append(with(clocks, "k.0.len", "seven"), "do", "save")...))
		if !strings.Contains(refused.Body, `id="f-k.0.len-err"`) || !strings.Contains(refused.Body, `value="seven"`) {
			t.Errorf("a length in letters: %s", apptest.Text(refused.Body))
		}
		// Stale, and wrong text.
		admin.Must(409, admin.Post(at, with(clocks, "version", "1", "do", "save")...))
		try(t, admin, at)
		publish := admin.Page(at + "/publish").Body
		version := versionField.FindStringSubmatch(publish)[1]
		admin.Must(303, admin.Post(at+"/publish", "version", version))
		// At once in use.
		made := x.clerk.Must(303, x.clerk.Post("/matters", "type", "inspection_cases", "convenor", itoa(h.Units["C"].ID), "promise", "查一件事", "due", "2022-05-01", "unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
		done := x.clerk.Must(303, x.clerk.Post("/matters", "type", "inspection_cases", "convenor", itoa(h.Units["C"].ID), "promise", "另一件事", "due", "2022-05-01", "unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
		x.county.Must(303, step(x.county, made, "hand_in_for_checking"))
		x.county.Must(303, step(x.county, done, "hand_in_for_checking"))
		x.clerk.Must(303, step(x.clerk, done, "accept"))
		for path, want := range map[string]string{made: "待复核", done: "已兑现", "/matters?type=inspection_cases": "督查台账", "/matters/export?type=inspection_cases&format=csv": "查一件事"} {
			if body := x.clerk.Get(path).Body; !strings.Contains(body, want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
		// The next version has no such state.
		next := admin.Must(303, admin.Post("/ledgers/types/inspection_cases/change")).Location
		form = with(designForm(admin.Page(part(next, "transitions")).Body), "t.4.to", "answered")
		admin.Must(303, admin.Post(next, append(form, "do", "save")...))
		admin.Must(303, admin.Post(next, append(designForm(admin.Page(part(next, "states")).Body), "do", "drop:s.4")...))
		if body := admin.Page(next).Body; !strings.Contains(body, "没有发现问题") {
			t.Fatalf("the second draft: %s", apptest.Text(body))
		}
		publish = admin.Page(next + "/publish").Body
		if !strings.Contains(publish, "DUC-2022-0001") || strings.Contains(publish, "DUC-2022-0002") || !strings.Contains(publish, "待复核") {
			t.Fatalf("what the second version strands: %s", apptest.Text(publish))
		}
		version = versionField.FindStringSubmatch(publish)[1]
		refused = admin.Must(422, admin.Post(next+"/publish", "version", version, "move", "yes"))
		if !strings.Contains(refused.Body, `href="#f-state_to_be_checked"`) {
			t.Fatalf("nobody chose a state: %s", apptest.Text(refused.Body))
		}
		admin.Must(303, admin.Post(next+"/publish", "version", version, "move", "yes", "state_to_be_checked", "answered"))
		if body := x.clerk.Page(made).Body; !strings.Contains(body, "第1版转入第2版") || !strings.Contains(body, "提交复核") {
			t.Errorf("the moved matter: %s", apptest.Text(body))
		}
		x.clerk.Must(303, step(x.clerk, made, "accept"))
		admin.Page("/ledgers/types/inspection_cases/move")
		admin.Page("/audit")
		admin.Must(303, admin.Post("/ledgers/types/inspection_cases/retire", "do", "retire"))
		if body := x.clerk.Get("/matters/new").Body; strings.Contains(body, "督查台账") {
			t.Error("a ledger out of use is still offered")
		}
		admin.Page("/ledgers/types")
	})
}

// try walks a sample to its end.
func try(t *testing.T, admin *apptest.Browser, at string) {
	t.Helper()
	walk := regexp.MustCompile(`name="walk" value="([^"]*)"`)
	admin.Page(at + "/try")
	refused := admin.Must(422, admin.Post(at+"/try", "walk", "[]", "step", "register", "promise", ""))
	if !strings.Contains(refused.Body, `href="#f-promise"`) {
		t.Fatalf("a sample without a name: %s", apptest.Text(refused.Body))
	}
	page := admin.Must(200, admin.Post(at+"/try", "walk", "[]", "step", "register", "promise", "样例"))
	for _, s := range []string{"hand_in_for_checking", "accept"} {
		w := html.UnescapeString(walk.FindStringSubmatch(page.Body)[1])
		admin.Must(200, admin.Post(at+"/try", "walk", w, "open", s))
		page = admin.Must(200, admin.Post(at+"/try", "walk", w, "step", s))
	}
	if !strings.Contains(page.Body, "样例事项已办结") || !strings.Contains(page.Body, "提交复核") {
		t.Fatalf("the sample's end: %s", apptest.Text(page.Body))
	}
}
