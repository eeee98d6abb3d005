package web_test

import (
	"context"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
)

func TestAUnitsOwnDayOffMovesItsDueDates(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写") // to be claimed by Thursday, 20 January
		page := "/units/" + itoa(x.Units["A"].ID) + "/calendar"
		if a := x.staff.Page(page); strings.Contains(a.Body, "<form method=\"post\" action=\""+page) {
			t.Error("whoever may not edit the unit is offered the form")
		}
		x.staff.Must(403, x.staff.Post(page, "day", "2022-01-20", "kind", "off", "name", "州庆"))
		if a := x.clerk.Must(422, x.clerk.Post(page, "day", "2022-02-30", "name", "")); !strings.Contains(a.Body, "请填写有效日期") ||
			!strings.Contains(a.Body, "请选择“休息日”或“工作日”") || !strings.Contains(a.Body, "请写明名称") {
			t.Errorf("a day that is none: %s", apptest.Text(a.Body))
		}
		x.clerk.Must(303, x.clerk.Post(page, "day", "2022-01-20", "kind", "off", "name", "州庆"))
		x.Jobs.Drain(context.Background())
		if a := x.staff.Page(at); !strings.Contains(apptest.Text(a.Body), "到期日由2022年1月20日改为2022年1月21日") {
			t.Errorf("the due date stayed: %s", apptest.Text(a.Body))
		}
		below := "/units/" + itoa(x.Units["V"].ID) + "/calendar"
		if a := x.clerk.Page(below); !strings.Contains(apptest.Text(a.Body), "州庆") || !strings.Contains(apptest.Text(a.Body), "乙县") {
			t.Errorf("the unit below does not have it from above: %s", apptest.Text(a.Body))
		}
		if a := x.clerk.Page("/units/" + itoa(x.Units["B"].ID) + "/calendar"); strings.Contains(apptest.Text(a.Body), "州庆") {
			t.Error("the other county has it too")
		}
		x.clerk.Must(303, x.clerk.Post(page+"/remove", "day", "2022-01-20"))
		x.Jobs.Drain(context.Background())
		if m, err := x.Rooms.Ledgers.Find(context.Background(), authz.System(), 1); err != nil || m.Due != "2022-01-20" {
			t.Errorf("due %s after the day was removed: %v", m.Due, err)
		}
	})
}
