package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
)

// A meeting that is opened ahead of its date asks first, in the reader's language, also where no JavaScript runs.
func TestAMeetingOpenedEarlyAsksFirst(t *testing.T) {
	questions := map[string]string{"zh": "会议定于2022年1月25日召开，尚未到期。确定现在开会吗？", "en": "The meeting is set for 25 January 2022, which is still to come. Open it now?"}
	apptest.Each(t, func(h *apptest.House) {
		x := newHall(h)
		x.Clock.Set(time.Date(2022, 1, 24, 1, 0, 0, 0, time.UTC))
		x.arrange()
		state := func() (s string) {
			if err := h.DB.QueryRow(t.Context(), `SELECT state FROM meeting WHERE id = $1`, x.id).Scan(&s); err != nil {
				t.Fatal(err)
			}
			return s
		}
		var asked apptest.Answer
		for _, lang := range []string{"zh", "en"} {
			x.desk.Lang = lang
			asked = x.desk.Must(422, x.desk.Post(x.path+"/live", "step", "open", "slot", "0", "_once", "the-first-press"))
			if !strings.Contains(apptest.Text(asked.Body), questions[lang]) || !strings.Contains(asked.Body, `href="`+x.path+`/console"`) {
				t.Errorf("in %s the page asks:\n%s", lang, apptest.Text(asked.Body))
			}
			if s := state(); s != "planned" {
				t.Fatalf("the meeting is %s before anybody said yes", s)
			}
		}
		form := asked.Body[strings.LastIndex(asked.Body, `action="`+x.path+`/live"`):] // the one before it changes the language
		form = form[:strings.Index(form, "</form>")]
		var fields []string
		for _, f := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`).FindAllStringSubmatch(form, -1) {
			fields = append(fields, f[1], f[2])
		}
		x.desk.Must(303, x.desk.Post(x.path+"/live", fields...))
		if s := state(); s != "running" {
			t.Errorf("the meeting is %s after a yes", s)
		}
		x.desk.Must(409, x.desk.Post(x.path+"/live", fields...))
		x.desk.Must(303, x.live("undo", 0))
		x.Clock.Set(time.Date(2022, 1, 25, 1, 0, 0, 0, time.UTC))
		x.desk.Must(303, x.live("open", 0)) // on the day nobody asks
	})
}
