package web_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
)

var hrefs = regexp.MustCompile(`href="(/notices/\d+)"`)

// sweep runs the job that reminds and escalates.
func (x cast) sweep() {
	x.T.Helper()
	if err := x.Jobs.Schedule(context.Background()); err != nil {
		x.T.Fatal(err)
	}
	x.Jobs.Drain(context.Background())
}

func TestAnOverdueFindingIsToldToThoseWhomItConcerns(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写") // its plan is due on 25 January
		x.sweep()
		if page := x.staff.Page("/"); strings.Contains(apptest.Text(page.Body), "未读）") {
			t.Error("somebody was told too early")
		}
		x.Clock.Add(10 * 24 * time.Hour)
		x.staff.Again()
		x.sweep()
		if page := x.staff.Page("/"); !strings.Contains(apptest.Text(page.Body), "通知（2条未读）") || !strings.Contains(apptest.Text(page.Body), "临近到期，2022年1月20日到期") {
			t.Errorf("the first screen does not say what fell due: %s", apptest.Text(page.Body))
		}
		x.Clock.Add(10 * 24 * time.Hour) // three working days after the 25th, after the first working day
		x.county.Again()
		x.other.Again()
		x.sweep()
		page := x.county.Page("/notices")
		if !strings.Contains(apptest.Text(page.Body), "逾期督办，2022年1月25日到期未办结") || !strings.Contains(apptest.Text(page.Body), "组织生活记录补写") {
			t.Errorf("the leader is not told: %s", apptest.Text(page.Body))
		}
		if page := x.county.Page(at); !strings.Contains(apptest.Text(page.Body), "报送方案逾期（2022年1月25日到期），已升级督办至乙县王五") || strings.Contains(apptest.Text(page.Body), "system") {
			t.Errorf("the history does not say to whom it went: %s", apptest.Text(page.Body))
		}
		if page := x.other.Page("/notices"); !strings.Contains(apptest.Text(page.Body), "没有未读通知") {
			t.Errorf("another county is told: %s", apptest.Text(page.Body))
		}
		first := hrefs.FindStringSubmatch(page.Body)[1]
		if a := x.county.Must(303, x.county.Get(first)); a.Location != at {
			t.Errorf("a notice leads to %s", a.Location)
		}
		if a := x.other.Must(303, x.other.Get(first)); a.Location != "/notices" {
			t.Errorf("somebody else's notice leads to %s", a.Location)
		}
		x.county.Must(303, x.county.Post("/notices/read", "upto", "1000000"))
		if page := x.county.Page("/notices"); !strings.Contains(apptest.Text(page.Body), "没有未读通知") || strings.Contains(apptest.Text(page.Body), "条未读") {
			t.Errorf("read notices are unread: %s", apptest.Text(page.Body))
		}
		x.Clock.Add(300 * 24 * time.Hour)
		x.county.Again()
		x.sweep()
		if a := x.county.Must(303, x.county.Get(first)); a.Location != at {
			t.Errorf("a notice that was read ten months ago leads to %s", a.Location)
		}
		x.Clock.Add(80 * 24 * time.Hour)
		x.county.Again()
		x.sweep()
		if a := x.county.Must(303, x.county.Get(first)); a.Location != "/notices" {
			t.Errorf("a notice that was read more than a year ago is still kept: %s", a.Location)
		}
	})
}
