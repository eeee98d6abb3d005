package journeys_test

import (
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// An administrator makes a ledger out of another one without a line of JSON, is told of a mistake beside its box, tries
// it and publishes it; others work with it at once; the next version drops a state in which a matter stands, says which
// matter, and brings it over.
func TestALedgerIsMadeFromAnother(t *testing.T) {
	site := browser.Open(t)
	site.House.AddUnits("C - city 甲市", "A C county 乙县")
	clerk, county := site.House.As("clerk", "secretariat@C"), site.House.As("county", "debriefer@A")
	b := site.As("designer", "admin@")
	b.Each("/ledgers/types", "types")
	b.Lang("zh")
	b.Visit("/ledgers/types/promise")
	b.Axe()
	for name, value := range map[string]string{"name_zh": "督查台账", "name_en": "Inspection cases", "one_zh": "督查件", "one_en": "Case", "prefix": "DUC"} {
		b.Fill(name, value)
	}
	b.Press("复制为新台账")
	draft := strings.Split(b.At(), "?")[0]
	draft = draft[strings.Index(draft, "/ledgers/"):]
	chapter := func(at, name string) { b.Visit(at + "?view=" + name) }
	chapter(draft, "states")
	b.Press("增加状态")
	b.Says("待改正的问题", "请填写中文名称")
	b.Axe()
	b.Fill("s.4.zh", "待复核")
	b.Fill("s.4.en", "To be checked")
	b.Fill("s.4.class", "convenor")
	b.Press("保存草稿")
	b.Says("没有步骤能进入这个状态")
	chapter(draft, "transitions")
	b.Press("增加步骤")
	b.Fill("t.4.zh", "提交复核")
	b.Fill("t.4.en", "Hand in for checking")
	b.Tick("t.4.from", "made")
	b.Fill("t.4.to", "to_be_checked")
	b.Tick("t.1.from", "to_be_checked")
	b.Press("保存草稿")
	b.Says("没有发现问题")
	chapter(draft, "clocks")
	b.Fill("k.0.len", "七")
	b.Press("保存草稿")
	b.Says("请填写不小于0的整数")
	b.Axe()
	for _, name := range []string{"names", "fields", "transitions", "clocks", "more"} {
		b.Each(draft+"?view="+name+"&open="+name+"-0", "type-"+name)
	}
	b.Lang("zh")
	b.Visit(draft + "/try")
	b.Axe()
	b.Fill("promise", "样例")
	b.Press("登记样例事项")
	b.Says("下一步")
	b.Axe()
	b.Visit(draft + "/publish")
	b.Axe()
	b.Press("发布")
	b.Says("已发布")

	made := clerk.Must(303, clerk.Post("/matters", "type", "inspection_cases", "convenor", strconv.FormatInt(site.House.Units["C"].ID, 10), "promise", "查一件事",
		"due", "2022-05-01", "unit", "乙县", "on", "2022-01-10", "cycle", "0")).Location
	county.Must(303, county.Post(made+"/steps/hand_in_for_checking"))
	for path, want := range map[string]string{made: "待复核", "/flow": "督查台账", "/matters?type=inspection_cases": "查一件事", "/matters/export?type=inspection_cases&format=csv": "DUC-2022-0001"} {
		if page := clerk.Get(path).Body; !strings.Contains(page, want) {
			t.Errorf("%s does not say %s", path, want)
		}
	}
	if page := clerk.Must(200, clerk.Get("/matters/export?type=inspection_cases&format=xlsx")).Body; !strings.HasPrefix(page, "PK") {
		t.Error("the XLSX export of the new ledger is no workbook")
	}

	b.Visit("/ledgers/types/inspection_cases")
	b.Press("修改这个台账")
	next := strings.Split(b.At(), "?")[0]
	next = next[strings.Index(next, "/ledgers/"):]
	chapter(next, "transitions")
	b.Fill("t.4.to", "answered")
	b.Press("保存草稿")
	chapter(next, "states")
	b.Follow(`button[value="drop:s.4"]`)
	b.Visit(next + "/publish")
	b.Says("DUC-2022-0001", "新版本没有它所处的状态")
	b.Axe()
	b.Tick("move", "yes")
	b.Press("发布")
	b.Says("请为DUC-2022-0001")
	b.Axe()
	b.Fill("state_to_be_checked", "answered")
	b.Press("发布")
	b.Says("已发布")
	if page := clerk.Get(made).Body; !strings.Contains(page, "第1版转入第2版") {
		t.Error("the matter's history does not tell the move")
	}
}
