package journeys_test

import (
	"testing"

	"plumbline/internal/browser"
)

// A village notes what was asked of it with four boxes on its phone; the office sees it on the meter and sets a limit.
func TestTheMeterOfWhatIsAsked(t *testing.T) {
	site := browser.Open(t)
	site.House.AddUnits("C - city 甲市", "A C county 乙县")
	own := site.As("staff", "staff@A")
	own.Each("/matters/new?type=burden", "burden-new")
	own.Lang("zh")
	own.Visit("/matters/new?type=burden")
	own.Fill("kind", "form")
	own.Fill("title", "任职情况统计表")
	own.Fill("by", "甲市")
	own.Press("登记")
	own.Says("系统已有：任职情况。")
	own.Axe()
	own.Shot("burden-held")
	own.Tick("held", "again")
	own.Press("登记")
	own.Says("请写明理由")
	own.Axe()
	own.Fill("again_why", "上级下发的新表，栏目不同。")
	own.Press("登记")
	own.Says("任职情况统计表")
	own.Says("上级下发的新表，栏目不同。")
	own.Axe()
	own.Press("系统已有，提出异议")
	own.Says("待减负办答复")
	own.Each("/meter/burden", "meter-own")
	office := site.As("clerk", "secretariat@C")
	office.Each("/meter/burden", "meter")
	office.Each("/meter/burden/matters", "meter-matters")
	office.Each("/meter/burden/limits", "meter-limits")
	office.Lang("zh")
	office.Visit("/meter/burden/limits")
	office.Fill("count.form.month", "很多")
	office.Press("保存限额")
	office.Says("上限应为不超过")
	office.Axe()
	office.Fill("count.form.month", "0")
	office.Press("保存限额")
	office.Says("1 个单位超限")
}
