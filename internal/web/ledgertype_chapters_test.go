package web_test

import (
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
		for _, id := range []string{"decision", "directive", "responsibility", "project", "organisation", "request"} {
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
