package web_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
)

// A version drops a long text and turns a choice into a text: publishing says what has no place any more, and the
// matter's history shows it to whoever reads the matter, in words.
func TestTheHistoryShowsWhatANewVersionLeftBehind(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.clerk.Must(303, x.clerk.Post("/matters", "type", "rectification", "convenor", itoa(h.Units["C"].ID), "problem", "阵地建设滞后", "source", "self_check",
			"category", "tasks", "requirement", "三十日内建成", "unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
		admin, l, ctx := h.As("designer", "admin@"), h.Rooms.Ledgers, context.Background()
		draft, err := l.ChangeType(ctx, authz.System(), "rectification")
		if err != nil {
			t.Fatal(err)
		}
		old, err := l.TypeDraft(ctx, authz.System(), draft)
		if err != nil {
			t.Fatal(err)
		}
		d := old.Definition()
		d.Fields = slices.DeleteFunc(d.Fields, func(f ledger.Field) bool { return f.ID == "requirement" })
		d.Register = slices.DeleteFunc(d.Register, func(a ledger.Ask) bool { return a.Field == "requirement" })
		i := slices.IndexFunc(d.Fields, func(f ledger.Field) bool { return f.ID == "category" })
		d.Fields[i].Kind, d.Fields[i].Choices = ledger.KindDate, nil
		if err := l.SaveTypeDraft(ctx, authz.System(), draft, old.Version, d.Text()); err != nil {
			t.Fatal(err)
		}
		path := "/ledgers/drafts/" + itoa(draft) + "/publish"
		publish := admin.Page(path).Body
		for _, want := range []string{"1件未办结事项如何处理", "问题类别", "整改要求", "保留在记录中"} {
			if !strings.Contains(publish, want) {
				t.Errorf("publishing does not say %s: %s", want, apptest.Text(publish))
			}
		}
		admin.Lang = "en"
		if english := apptest.Text(admin.Get(path).Body); !strings.Contains(english, "What becomes of the 1 open matter ") {
			t.Errorf("one open matter is not told as one: %s", english)
		}
		admin.Must(409, admin.Post(path, "version", "1", "move", "yes"))
		admin.Must(303, admin.Post(path, "version", versionField.FindStringSubmatch(publish)[1], "move", "yes"))
		if moved := apptest.Text(admin.Get("/ledgers/types/rectification/move").Body); !strings.Contains(moved, "0 open matters stand under older versions.") || strings.Contains(moved, "all of it is carried over") {
			t.Errorf("nothing is left to move: %s", moved)
		}
		page := x.clerk.Page(at).Body
		for _, want := range []string{"新版本未沿用，原内容留存于此：问题类别：基层党建重点任务", "新版本未沿用，原内容留存于此：整改要求：三十日内建成"} {
			if !strings.Contains(page, want) {
				t.Errorf("the history does not say %s: %s", want, apptest.Text(page))
			}
		}
		x.clerk.Lang = "en"
		english := x.clerk.Get(at).Body
		for _, want := range []string{"Left behind by the new version: Category: Key grass-roots tasks", "Left behind by the new version: What is required: 三十日内建成"} {
			if !strings.Contains(english, want) {
				t.Errorf("the history does not say %s: %s", want, apptest.Text(english))
			}
		}
	})
}
