package browser_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/browser"
	"plumbline/internal/demo"
	"plumbline/internal/review/meeting"
)

// first is the first person of the demonstration with that role.
func first(t *testing.T, links []demo.Link, role string) string {
	t.Helper()
	for _, l := range links {
		if l.Role.In("en") == role {
			return l.Path
		}
	}
	t.Fatalf("nobody is %s", role)
	return ""
}

// The pages of a meeting as its host, its chair and a reporter see them.
func TestPagesOfTheMeeting(t *testing.T) {
	site, links := browser.City(t, "zh")
	list, err := meeting.OfScope(context.Background(), site.DB, authz.Everything())
	if err != nil || len(list) == 0 {
		t.Fatalf("no meeting stands: %v", err)
	}
	m := list[0]
	at := fmt.Sprintf("/meetings/%d", m.ID)
	reporters, err := meeting.Reporters(context.Background(), site.DB, m)
	if err != nil {
		t.Fatal(err)
	}
	desk := site.By(first(t, links, "Secretariat"))
	for _, page := range []string{"", "/edit", "/draw", "/roll", "/console", "/stage", "/register", "/record"} {
		desk.Each(at+page, "meeting"+strings.ReplaceAll(page, "/", "-"))
	}
	chair := site.By(first(t, links, "Presiding secretary"))
	chair.Each(fmt.Sprintf("%s/hear/%d", at, reporters[0].ID), "meeting-hear")
	said, err := meeting.ConfirmedOn(context.Background(), site.DB, m.Cycle, reporters[0].Unit)
	if err != nil || len(said) == 0 {
		t.Fatalf("nothing was said: %v", err)
	}
	k := fmt.Sprintf("/comments/%d", said[0].ID)
	chair.Each(k, "meeting-comment")
	chair.Each(k+"/edit", "meeting-comment-edit")
	chair.Each(fmt.Sprintf("/cycles/%d/comments", m.Cycle), "meeting-comments")
}
