package web_test

import (
	"slices"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

var chapters = []string{"names", "fields", "states", "transitions", "clocks", "links", "more"}

// Looking at every chapter of the ledgers that say most and saving it as it stands changes nothing.
func TestSavingAChapterAsItStandsChangesNothing(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		t := h.T
		admin := h.As("designer", "admin@")
		for _, id := range []string{"decision", "directive", "responsibility", "project", "organisation", "request", "burden"} {
			at := admin.Must(303, admin.Post("/ledgers/types/"+id+"/change")).Location
			for _, name := range chapters {
				admin.Must(303, admin.Post(at, append(designForm(admin.Get(at+"?view="+name).Body), "do", "save")...))
			}
			page := apptest.Text(admin.Must(200, admin.Get(at+"/publish")).Body)
			if !strings.Contains(page, "与现行版本没有区别") {
				_, page, _ = strings.Cut(page, "与现行版本相比")
				t.Errorf("%s: %s", id, page)
			}
		}
	})
}

// No chapter asks about facts that are held: without what it needs the ledger no longer holds anything against them.
func TestALedgerWithoutTheAnswerHoldsNothing(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		t := h.T
		admin := h.As("designer", "admin@")
		for _, field := range []string{"again_why", "held", "facts", "complaint"} {
			at := admin.Must(303, admin.Post("/ledgers/types/burden/change")).Location
			first := admin.Get(at + "?view=fields").Body
			form := designForm(first)
			i := slices.Index(form, field)
			if i < 1 || !strings.HasSuffix(form[i-1], ".id") {
				t.Fatalf("no row for %s: %q", field, form)
			}
			admin.Must(303, admin.Post(at, append(form, "do", "drop:"+strings.TrimSuffix(form[i-1], ".id"))...))
			// What no chapter asks about is told with a link to the first one, beside that of its tab.
			page := admin.Page(at + "?view=fields").Body
			if strings.Count(page, `view=names"`) != strings.Count(first, `view=names"`) {
				t.Errorf("without %s: %s", field, apptest.Text(page))
			}
			admin.Must(303, admin.Post(at+"/drop"))
		}
	})
}
