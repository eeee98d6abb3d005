package web

import (
	"testing"
	"time"

	"plumbline/internal/calendar"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/web/ui"
	"plumbline/internal/wording"
)

// The time left is said in working days where the calendar knows them, else in days; one is one, today is today.
func TestTimeLeftInWords(t *testing.T) {
	p, err := pack.Load(party.Files())
	if err != nil {
		t.Fatal(err)
	}
	words, err := wording.Load(p.Terms, ui.Wording, Wording(), p.Files)
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Parse([]byte(`{"zone":"Asia/Shanghai","weekend":[6,0],"years":{"2022":{"off":["2022-01-31"],"work":["2022-01-29"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ today, due, state, zh, en string }{
		{"2022-01-24", "2022-01-27", ui.Soon, "还剩3个工作日", "3 working days left"},
		{"2022-01-26", "2022-01-27", ui.Soon, "还剩1个工作日", "1 working day left"},
		{"2022-01-27", "2022-01-27", ui.Soon, "今天到期", "due today"},
		{"2022-01-28", "2022-01-27", ui.Late, "已逾期1个工作日", "1 working day late"},
		{"2022-01-31", "2022-01-27", ui.Late, "已逾期2个工作日", "2 working days late"},
		{"2022-02-05", "2022-02-06", ui.Soon, "还剩1天", "1 day left"},
		{"2022-02-06", "2022-02-04", ui.Late, "已逾期2天", "2 days late"},
		{"2022-02-05", "2022-02-04", ui.Late, "已逾期1天", "1 day late"},
		{"2022-12-30", "2023-02-27", ui.OnTime, "还剩59天", "59 days left"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", c.today+" 09:00", cal.Location())
		if err != nil {
			t.Fatal(err)
		}
		s := &Server{Config: Config{Words: words, Calendar: cal, Now: func() time.Time { return now }}}
		for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
			got := (&Ctx{Lang: lang, srv: s}).Due(c.due)
			if got == nil || got.Text != want || got.State != c.state {
				t.Errorf("due %s on %s: %+v, want %s %q", c.due, c.today, got, c.state, want)
			}
		}
		if got := (&Ctx{Lang: "zh", srv: s}).Due(""); got != nil {
			t.Errorf("no date stands %+v", got)
		}
	}
}
