package gallery

import (
	"strconv"
	"time"

	"plumbline/internal/web/ui"
)

// page is the one struct that all gallery pages read.
type page struct {
	ui.Frame
	Notices  []ui.Notice
	Figures  ui.KeyFigures
	Steps    ui.Steps
	Tabs     ui.Tabs
	Cards    []ui.Card
	Menu     ui.Menu
	Heading  ui.Heading
	Marks    ui.Table
	Timeline ui.Timeline
	Facts    ui.DescriptionList
	Tree     ui.Tree
	Details  ui.Details
	Empty    ui.EmptyState
	Errors   *ui.ErrorSummary
	Fields   []ui.Field
	Actions  ui.Actions
	Filter   ui.Filter
	Table    ui.Table
	Blank    ui.Table
	Files    ui.Files
	Progress ui.Progress
	Stale    ui.Stale
	Diff     ui.Diff
	Clock    ui.Clock
	Count    ui.Clock
	States   []string
	Bars     ui.Bars
	Share    ui.Share
	Lamps    ui.LampStrip
	Spread   ui.Intervals
	Lines    ui.Lines
	Calendar ui.Calendar
}

// places are invented units.
var places = [][2]string{
	{"青石区", "Qingshi District"}, {"河湾县", "Hewan County"}, {"松岭县", "Songling County"}, {"白塘区", "Baitang District"},
	{"云桥县", "Yunqiao County"}, {"临川新区", "Linchuan New Area"}, {"东泽县", "Dongze County"}, {"北屏区", "Beiping Hill District"},
	{"石门县", "Shimen County"}, {"南溪区", "Nanxi District"}, {"高新技术产业园区", "High-tech Zone"}, {"长陵县", "Changling County"},
}

var states = []string{ui.Done, ui.OnTime, ui.Late, ui.Soon, ui.Waiting, ui.OnTime, ui.Done, ui.Late, ui.OnTime, ui.Draft, ui.Waiting, ui.Soon}

func place(lang string, i int) string {
	p := places[i%len(places)]
	return pick(lang, p[0], p[1])
}

func sample(lang, name string) page {
	p := page{Frame: frame(lang, name), States: []string{ui.OnTime, ui.Soon, ui.Late, ui.Waiting, ui.Done, ui.Draft, ui.None, ui.Info}}
	s := func(zh, en string) string { return pick(lang, zh, en) }
	overview(&p, lang, s)
	forms(&p, s)
	lists(&p, lang, s)
	charts(&p, lang, s)
	p.Clock = ui.Clock{ElapsedMS: 61000, StartedMS: 1_790_000_000_000, NowMS: 1_790_000_350_000, Running: true, LimitMS: 600_000, Label: s("已用时间", "Time used")}
	p.Count = ui.Clock{ElapsedMS: 585_000, LimitMS: 600_000, NowMS: 1_790_000_350_000, Down: true, Label: s("剩余时间", "Time left")}
	return p
}

func frame(lang, name string) ui.Frame {
	s := func(zh, en string) string { return pick(lang, zh, en) }
	f := ui.Frame{
		Lang: lang, Path: "/" + lang + "/" + name, Product: s("准绳", "Plumbline"), Office: s("青江市办公室", "Qingjiang City Office"),
		Title: s("2026年度考评", "Review of 2026"), Sub: s("12个报告单位，会议定于2026年1月27日召开。", "Twelve reporters; the meeting is on 27 January 2026."),
		Crumbs: []ui.Link{{Text: s("首页", "Home"), Href: "#"}, {Text: s("青江市", "Qingjiang City"), Href: "#"}, {Text: s("2026年度考评", "Review of 2026")}},
		Nav: []ui.NavItem{{Text: s("今日", "Today"), Href: "#", Count: "3"}, {Text: s("考评", "Reviews"), Href: "#", Current: true},
			{Text: s("问题清单", "Findings"), Href: "#", Count: "37"}, {Text: s("单位", "Units"), Href: "#"}, {Text: s("方案", "Plans"), Href: "#"}, {Text: s("记录", "Record"), Href: "#"}},
		Unit:    &ui.Switcher{Current: s("青江市", "Qingjiang City"), Links: []ui.Link{{Text: s("青江市", "Qingjiang City"), Href: "#", Current: true}, {Text: place(lang, 0), Href: "#", Count: "3"}}},
		Search:  &ui.Search{Action: "#", Placeholder: s("搜索单位、问题、人员", "Units, findings, people")},
		User:    &ui.User{ID: "7", Name: s("林澜", "Lin Lan"), Role: s("青江市 · 工作人员", "Qingjiang City · secretariat"), Links: []ui.Link{{Text: s("个人设置", "Settings"), Href: "#"}}, SignOut: "/save"},
		Flash:   &ui.Notice{Kind: "ok", Text: s("已向12个单位发出通知。", "Twelve units have been notified."), Live: true},
		Primary: &ui.Button{Text: s("提醒未报单位", "Remind who is late"), Href: "#"}, Actions: []ui.Button{{Text: s("打印", "Print"), Print: true}, {Text: s("导出", "Export"), Href: "#"}},
		Footer: []ui.Link{{Text: s("使用帮助", "Help"), Href: "#"}}, Note: "1.0", NowMS: time.Date(2026, 1, 27, 9, 0, 0, 0, time.UTC).UnixMilli(),
	}
	switch name {
	case "stage":
		f.Kind = ui.KindStage
	case "print":
		f.Kind, f.Title = ui.KindPrint, s("2026年度考评签到册", "Register of the 2026 review")
	case "auth":
		f.Kind, f.Title, f.Flash = ui.KindAuth, s("登录", "Sign in"), nil
	}
	return f
}

func overview(p *page, lang string, s func(zh, en string) string) {
	p.Figures = ui.KeyFigures{Label: s("概况", "At a glance"), Items: []ui.Figure{
		{Label: s("报告单位", "Reporters"), Value: "12", Href: "#"}, {Label: s("已提交", "Submitted"), Value: "7", Unit: "/ 12", Href: "#", State: ui.Done},
		{Label: s("即将到期", "Due soon"), Value: "2", Href: "#", State: ui.Soon, Note: s("还剩3个工作日", "3 working days left")},
		{Label: s("逾期", "Late"), Value: "2", Href: "#", State: ui.Late, Note: s("最长5个工作日", "up to 5 working days")}, {Label: s("未销号问题", "Open findings"), Value: "37", Href: "#"}}}
	p.Steps = ui.Steps{Label: s("进度", "Progress"), Items: []ui.Step{{Text: s("制定方案", "Plan"), Sub: s("11月20日", "20 Nov"), State: "done", Href: "#"}, {Text: s("提交报告", "Reports"), Sub: s("截止1月15日", "due 15 Jan"), State: "current"},
		{Text: s("召开会议", "Meeting"), Sub: s("1月27日", "27 Jan")}, {Text: s("评定等次", "Decision")}, {Text: s("整改落实", "Rectification")}}}
	p.Notices = []ui.Notice{{Text: s("方案已冻结，后续修改将产生新版本。", "The plan is frozen; a change makes a new version.")}, {Kind: "ok", Text: s("报告已提交。", "The report is submitted.")},
		{Kind: "warn", Title: s("问题与原因部分不足三分之一", "Problems and causes fill less than a third"), Text: s("现占27%。可以提交，但建议补充。", "Now 27 %. You can submit; consider adding.")},
		{Kind: "error", Title: s("文件过大", "The file is too large"), Text: s("附件不得超过20 MB。请压缩后重新上传。", "An attachment may have 20 MB. Make it smaller and try again."), Actions: []ui.Button{{Text: s("重新选择", "Choose again"), Href: "#", Small: true}}}}
	p.Tabs = ui.Tabs{Label: s("视图", "Views"), Items: []ui.Link{{Text: s("概览", "Overview"), Href: "#", Current: true}, {Text: s("报告", "Reports"), Href: "#", Count: "12"}, {Text: s("评议", "Comments"), Href: "#"}, {Text: s("结果", "Result"), Href: "#"}}}
	p.Cards = []ui.Card{{Title: s("防汛物资储备更新不及时", "Flood stores are not renewed in time"), Href: "#", Status: &ui.Status{State: ui.Late, Text: s("逾期5个工作日", "5 working days late")}, Text: s("三个乡镇仓库的物资已过保质期，去年已经指出。", "Stores of three townships are out of date; last year's review said so too."), Meta: []string{place(lang, 1), s("共性问题", "common"), s("第二次出现", "second time")}},
		{Title: s("村级台账重复填报", "Villages fill in the same ledger twice"), Href: "#", Status: &ui.Status{State: ui.Waiting, Text: s("待核验", "waits for verification")}, Meta: []string{place(lang, 2), s("个性问题", "individual")}, Actions: []ui.Button{{Text: s("核验", "Verify"), Href: "#", Small: true}}}}
	p.Timeline = ui.Timeline{Label: s("办理记录", "History"), Events: []ui.Event{{When: s("2026年3月2日 10:32", "2 March 2026, 10:32"), ISO: "2026-03-02T10:32:00+08:00", Who: s("周岚", "Zhou Lan"), Text: s("核验通过", "Verified"), State: ui.Done},
		{When: s("2026年2月27日 16:05", "27 February 2026, 16:05"), Who: s("陈默", "Chen Mo"), Text: s("退回：缺少验收照片", "Returned: photographs of the acceptance are missing"), Detail: s("请补充三处仓库的验收照片和入库单。", "Please add photographs and receipts of the three stores."), State: ui.Late, Href: "#"},
		{When: s("2026年2月20日 09:10", "20 February 2026, 09:10"), Who: s("林澜", "Lin Lan"), Text: s("登记问题", "Registered")}}}
	p.Facts = ui.DescriptionList{Items: []ui.Fact{{Term: s("责任单位", "Responsible unit"), Text: place(lang, 1), Href: "#"}, {Term: s("责任人", "Accountable"), Text: s("陈默", "Chen Mo"), Sub: s("分管领导", "leader in charge"), Action: &ui.Link{Text: s("修改", "Change"), Href: "#"}},
		{Term: s("整改时限", "Due"), Text: s("2026年3月31日", "31 March 2026"), Status: &ui.Status{State: ui.Soon, Text: s("还剩3个工作日", "3 working days left")}}}}
	p.Details = ui.Details{Summary: s("分数怎样得出", "How the score is made"), Text: []string{s("按类别加权平均，再按方案各部分权重合成。", "Class means are weighted, then the plan's parts.")}}
	p.Empty = ui.EmptyState{Title: s("还没有问题", "No findings yet"), Text: s("会议评议确认后，问题会自动列在这里。", "Problems confirmed in the meeting's comments will stand here."), Action: &ui.Button{Text: s("登记问题", "Register one"), Href: "#"}}
	p.Tree = ui.Tree{Label: s("下级单位", "Units below"), Nodes: []ui.Node{{Text: s("青江市", "Qingjiang City"), Href: "#", Open: true, Note: "37", Children: []ui.Node{{Text: place(lang, 0), Href: "#", Note: "4", Status: &ui.Status{State: ui.OnTime}},
		{Text: place(lang, 1), Href: "#", Current: true, Note: "9", Open: true, Children: []ui.Node{{Text: s("柳林镇", "Liulin Township"), Href: "#", Note: "2"}, {Text: s("三塘镇", "Santang Township"), Href: "#", Note: "1"}}, MoreText: s("其余11个", "11 more"), MoreHref: "#"}, {Text: place(lang, 2), Href: "#", Note: "3"}}}}}
	old := s("一是防汛物资更新不及时，三个乡镇仓库的物资已过期。\n二是台账重复填报。\n\n下一步，4月底前完成。", "First, flood stores are renewed late: three townships hold old goods.\nSecond, ledgers are filled in twice.\n\nNext: done by the end of April.")
	now := s("一是防汛物资更新不够及时，四个乡镇仓库的部分物资已过期。\n二是台账重复填报。\n\n下一步，3月底前全部完成。", "First, flood stores are not renewed in time: four townships hold some old goods.\nSecond, ledgers are filled in twice.\n\nNext: all done by the end of March.")
	p.Diff = ui.NewDiff(old, now)
	p.Stale = ui.Stale{YoursMeta: s("您，10:32", "you, 10:32"), TheirsMeta: s("周岚，10:30", "Zhou Lan, 10:30"), Rows: []ui.StaleRow{{Label: s("措施", "Measures"), Yours: old, Theirs: now}, {Label: s("时限", "Due"), Yours: "2026-03-31", Theirs: "2026-03-31"}},
		Keep: ui.Button{Text: s("保留我的", "Keep mine"), Kind: "primary", Post: "/save"}, Discard: ui.Button{Text: s("采用现有的", "Take theirs"), Post: "/save"}}
}

func forms(p *page, s func(zh, en string) string) {
	p.Fields = []ui.Field{
		{Name: "title", Label: s("问题名称", "Name of the finding"), Hint: s("一句话说清问题，不写原因。", "One sentence that says the problem, not the cause."), Required: true, Error: s("请填写问题名称", "Write the name of the finding"), MaxLength: 80},
		{Name: "problems", Type: "textarea", Label: s("存在问题及原因", "Problems and causes"), Required: true, Rows: 5, Value: s("一是防汛物资更新不及时。\n二是台账重复填报。", "First, flood stores are renewed late.\nSecond, ledgers are filled in twice."), Count: true},
		{Name: "unit", Type: "select", Label: s("责任单位", "Responsible unit"), Width: "medium", Required: true, Value: "2", Options: []ui.Option{{Value: "1", Text: s("青石区", "Qingshi District")}, {Value: "2", Text: s("河湾县", "Hewan County")}}},
		{Name: "kind", Type: "radio", Label: s("类型", "Kind"), Required: true, Value: "a", Inline: true, Options: []ui.Option{{Value: "a", Text: s("个性问题", "Individual")}, {Value: "b", Text: s("共性问题", "Common")}}},
		{Name: "grade", Type: "radio", Label: s("等次", "Grade"), Required: true, Error: s("请选择一个等次", "Choose a grade"), Options: []ui.Option{{Value: "a", Text: s("好", "Good"), Hint: s("90分以上", "from 90")}, {Value: "b", Text: s("较好", "Fairly good"), Hint: s("75分以上", "from 75")}}},
		{Name: "areas", Type: "checkbox", Label: s("涉及方面", "Areas"), Values: []string{"b"}, Options: []ui.Option{{Value: "a", Text: s("重点任务", "Key tasks")}, {Value: "b", Text: s("服务群众", "Service to people")}}},
		{Name: "due", Type: "date", Label: s("整改时限", "Due"), Required: true, Value: "2026-03-31", Default: s("默认值：请核对本单位方案", "Default: check your own plan")},
		{Name: "weight", Type: "number", Label: s("权重", "Weight"), Required: true, Value: "40", Unit: "%", Min: "0", Max: "100", Inputmode: "numeric"},
		{Name: "file", Type: "file", Label: s("附件", "Attachments"), Hint: s("PDF、DOCX、XLSX、PNG、JPEG，每个不超过20 MB。", "PDF, DOCX, XLSX, PNG, JPEG; 20 MB each."), Multiple: true, Accept: ".pdf,.docx,.xlsx,.png,.jpg"},
		{Name: "sure", Type: "checkbox", Label: s("内容属实", "This is true"), Hint: s("提交后退回才能修改。", "Once submitted it can be changed only when returned."), Required: true},
		{Name: "code", Label: s("编号", "Code"), Value: "2026-037", Readonly: true, Width: "medium"},
	}
	p.Errors = ui.Errors(p.Fields...)
	p.Actions = ui.Actions{Status: true, Buttons: []ui.Button{{Text: s("提交报告", "Submit report"), Kind: "primary"}, {Text: s("保存草稿", "Save draft"), Name: "draft", Value: "1"}, {Text: s("删除", "Delete"), Kind: "danger", Confirm: s("删除问题“防汛物资储备更新不及时”？删除后可在记录中查看。", "Delete the finding “Flood stores”? The record keeps it.")}, {Text: s("取消", "Cancel"), Kind: "quiet", Href: "#"}}}
	p.Filter = ui.Filter{Action: "#", Fields: []ui.Field{{Name: "q2", Type: "search", Label: s("关键词", "Words")}, {Name: "state", Type: "select", Label: s("状态", "State"), Options: []ui.Option{{Text: s("全部", "All")}, {Value: "late", Text: s("逾期", "Late")}}}, {Name: "unit2", Type: "select", Label: s("单位", "Unit"), Options: []ui.Option{{Text: s("全部", "All")}}}},
		Chips: []ui.Link{{Text: s("状态：逾期", "State: late"), Href: "#"}}, Clear: "#", Count: s("共904条，符合37条", "37 of 904")}
}

func lists(p *page, lang string, s func(zh, en string) string) {
	p.Table = ui.Table{Caption: s("报告单位", "Reporters"), Columns: []ui.Column{{Head: s("单位", "Unit")}, {Head: s("报告人", "Reporter")}, {Head: s("状态", "State")}, {Head: s("截止", "Due"), Sort: "#", Sorted: "asc"}, {Head: s("字数", "Length"), Unit: s("字", "words"), Align: "right", Sort: "#"}, {Head: s("得分", "Score"), Align: "right"}},
		Foot: []ui.Cell{ui.T(s("合计", "Total")), {}, {}, {}, ui.T("41,202"), ui.T("88.71")}, Pager: &ui.Pager{Text: s("第1–12条，共904条", "1–12 of 904"), Next: "#", Links: []ui.Link{{Text: "1", Href: "#", Current: true}, {Text: "2", Href: "#"}}}}
	for i := range places {
		st := states[i]
		sub := ""
		if st == ui.Late {
			sub = s("逾期5个工作日", "5 working days late")
		}
		p.Table.Rows = append(p.Table.Rows, ui.Row{Href: "#r" + strconv.Itoa(i), Cells: []ui.Cell{ui.T(place(lang, i)), {Text: s("报告人"+strconv.Itoa(i+1), "Person "+strconv.Itoa(i+1)), Sub: s("口头报告", "oral")}, {Status: &ui.Status{State: st}, Sub: sub}, ui.T(s("1月15日", "15 Jan")), ui.T("3," + strconv.Itoa(120+i*37)), ui.T(strconv.Itoa(97-i) + ".25")}})
	}
	p.Menu = ui.Menu{Text: s("导出", "Export"), Links: []ui.Link{{Text: "XLSX", Href: "#"}, {Text: "PDF", Href: "#"}}, Buttons: []ui.Button{{Text: s("重新计算", "Compute again"), Post: "/save", Confirm: s("重新计算全部得分？", "Compute all scores again?")}}}
	p.Heading = ui.Heading{Text: s("录入评分", "Enter marks"), Count: "2", Actions: []ui.Button{{Text: s("复制链接", "Copy link"), Copy: "/" + lang + "/lists", Small: true}}}
	p.Marks = ui.Table{Caption: s("录入评分", "Enter marks"), HideCaption: true, Columns: []ui.Column{{Head: s("单位", "Unit")}, {Head: s("总体评价", "Overall")}, {Head: s("扣分", "Deduction"), Unit: s("分", "points"), Align: "right"}}}
	for i := range 2 {
		n := strconv.Itoa(i)
		p.Marks.Rows = append(p.Marks.Rows, ui.Row{Cells: []ui.Cell{ui.T(place(lang, i)), {Field: &ui.Field{Name: "grade" + n, Type: "select", Label: s("总体评价：", "Overall: ") + place(lang, i), Options: []ui.Option{{Value: "a", Text: s("好", "Good")}, {Value: "b", Text: s("较好", "Fairly good")}}}}, {Field: &ui.Field{Name: "minus" + n, Type: "number", Label: s("扣分：", "Deduction: ") + place(lang, i), Value: "120", Error: s("填0到100之间的数", "Write a number from 0 to 100")}}}})
	}
	p.Blank = ui.Table{Empty: &p.Empty}
	p.Files = ui.Files{Items: []ui.File{{Name: s("述评报告（终稿）.docx", "Report (final).docx"), Href: "#", Note: "218 KB", Remove: &ui.Button{Text: s("移除", "Remove"), Kind: "quiet", Small: true, Post: "/save"}}, {Name: s("验收照片.jpg", "acceptance.jpg"), Href: "#", Note: "1.2 MB"}}}
	p.Progress = ui.Progress{ID: "job-1", Label: s("正在导入单位", "Importing units"), Text: "415,000 / 665,277", Value: 415000, Max: 665277, Poll: "/" + lang + "/progress", Href: "#"}
}

func charts(p *page, lang string, s func(zh, en string) string) {
	p.Bars = ui.Bars{ChartHead: ui.ChartHead{ID: "bars", Title: s("河湾县未销号问题最多", "Hewan County has most open findings"), Desc: s("各单位未销号问题数，2026年3月2日", "Open findings per unit, 2 March 2026")}}
	values := []string{"4", "9", "3", "6", "2", "1", "5", "0"}
	for i, v := range values {
		p.Bars.Items = append(p.Bars.Items, ui.Bar{Label: place(lang, i), Value: v, Href: "#b" + v, Mark: i == 1})
	}
	p.Share = ui.Share{ChartHead: ui.ChartHead{ID: "share", Title: s("近三成评为较好及以下", "Nearly three in ten below good"), Desc: s("评定等次分布，12个单位", "Decided grades of twelve units")}, Items: []ui.ShareItem{{Label: s("好", "Good"), Count: 8, Href: "#"}, {Label: s("较好", "Fairly good"), Count: 3, Href: "#"}, {Label: s("一般", "Fair"), Count: 1, Href: "#"}, {Label: s("差", "Poor"), Count: 0}}}
	p.Lamps = ui.LampStrip{ChartHead: ui.ChartHead{ID: "lamps", Title: s("两个单位逾期未报", "Two reporters are late"), Desc: s("报告状态，每个图形代表一个单位", "One shape per reporter")}}
	for i, st := range states {
		p.Lamps.Items = append(p.Lamps.Items, ui.LampItem{Label: place(lang, i), State: st, Href: "#l" + strconv.Itoa(i)})
	}
	p.Spread = ui.Intervals{ChartHead: ui.ChartHead{ID: "spread", Title: s("前三名差距在误差之内", "The first three can't be told apart"), Desc: s("综合得分及区间", "Composite score with its interval")}, Min: "60", Max: "100", Unit: s("分", "points"), Rules: []ui.Rule{{Value: "75", Text: s("较好 75", "fairly good 75")}, {Value: "90", Text: s("好 90", "good 90")}}}
	for i := range 5 {
		m := 93 - i*5
		p.Spread.Items = append(p.Spread.Items, ui.Interval{Label: place(lang, i), Low: strconv.Itoa(m - 4), Mid: strconv.Itoa(m) + ".25", High: strconv.Itoa(m + 3), Href: "#", Mark: i == 1})
	}
	p.Lines = ui.Lines{ChartHead: ui.ChartHead{ID: "lines", Title: s("四个单位的销号率逐年上升", "Four units close more each year"), Desc: s("按期销号率，2022—2026年", "Share closed in time, 2022 to 2026")}, X: []string{"2022", "2023", "2024", "2025", "2026"}, Min: "0", Max: "100", Unit: "%"}
	for i := range 4 {
		p.Lines.Panels = append(p.Lines.Panels, ui.Panel{Label: place(lang, i), Href: "#", Values: []string{strconv.Itoa(40 + i*7), strconv.Itoa(52 + i*3), strconv.Itoa(61 - i*5), strconv.Itoa(70 + i), strconv.Itoa(82 + i*4)}, Mark: i == 1})
	}
	p.Calendar = ui.Calendar{ChartHead: ui.ChartHead{ID: "cal", Title: s("报告还有12天截止", "Reports are due in twelve days"), Desc: s("2026年度考评日程", "Dates of the 2026 review")}, From: "2025-11-20", To: "2026-07-26", Today: "2026-01-03",
		Items: []ui.Milestone{{Date: "2025-11-28", Label: s("印发方案", "Plan issued"), State: ui.Done}, {Date: "2025-12-10", Label: s("抽签定序", "Order drawn"), State: ui.Done}, {Date: "2026-01-15", Label: s("提交报告", "Reports due"), State: ui.Soon, Href: "#"}, {Date: "2026-01-20", Label: s("实地核查", "Field check")}, {Date: "2026-01-27", Label: s("召开会议", "Meeting"), Href: "#"}, {Date: "2026-02-16", Label: s("反馈意见", "Feedback")}, {Date: "2026-03-31", Label: s("整改到期", "Rectification due")}, {Date: "2026-07-26", Label: s("回访", "Look-back")}}}
}
