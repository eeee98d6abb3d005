package journeys_test

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// town is the demonstration's city.
type town struct{ *browser.Site }

// as gives a tab in which somebody has come in, in Chinese.
func (s town) as(login string) *browser.Tab {
	s.T.Helper()
	b := s.By(s.comeBack(login))
	b.Lang("zh")
	return b
}

// number is the first number that a query gives.
func (s town) number(query string, args ...any) (n int) {
	s.T.Helper()
	if err := s.DB.QueryRow(context.Background(), query, args...).Scan(&n); err != nil {
		s.T.Fatalf("%s: %v", query, err)
	}
	return n
}

// file puts a file into the box of that name, as choosing one would. text may be in any encoding.
func file(b *browser.Tab, field, name, kind, text string) {
	b.T.Helper()
	if !browser.Eval[bool](b, `(() => { const el = document.querySelector('main input[type=file][name=`+field+`]'); if (!el) return false; const d = new DataTransfer();
		d.items.add(new File([Uint8Array.from(atob('`+base64.StdEncoding.EncodeToString([]byte(text))+`'), c => c.charCodeAt(0))], '`+name+`', {type: '`+kind+`'}));
		el.files = d.files; el.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`) {
		b.T.Fatalf("%s has no box for a file %q:\n%s", b.At(), field, b.Text())
	}
}

// send presses the first button that sends the page's form.
func send(b *browser.Tab) {
	b.T.Helper()
	b.Follow("main form button.primary")
}

// sure answers the question that a button asks, and waits for the page after it; without a question it only waits.
func sure(b *browser.Tab) {
	b.T.Helper()
	if browser.Eval[bool](b, `!!document.querySelector('dialog[open] [value=yes], dialog[open] .btn.primary, dialog[open] .btn.danger')`) {
		b.Follow(`dialog[open] [value=yes], dialog[open] .btn.primary, dialog[open] .btn.danger`)
	}
	b.Until(`document.readyState === 'complete'`)
}

// The work of a year, typed and clicked: each part starts where the city stands on the day after its meeting.
func TestTheWorkOfAYear(t *testing.T) {
	site, _ := browser.City(t, "zh")
	for _, part := range []struct {
		name string
		walk func(*testing.T, town)
	}{{"imports", imports}, {"report", report}, {"finding", finding}, {"count", count}, {"result", result}, {"meeting", meeting}, {"next cycle", nextCycle}, {"history", history}} {
		t.Run(part.name, func(t *testing.T) {
			here := *site
			here.T = t
			part.walk(t, town{&here})
		})
	}
}

// A finding from its claim to the look back. Whoever does the work can't verify it; what comes back is done again.
func finding(t *testing.T, s town) {
	doer, desk, check := s.as("donghu-staff"), s.as("office"), s.as("verifier")
	doer.Phone()
	doer.Visit("/matters?queue=do&type=rectification&sort=number")
	at := browser.Eval[string](doer, `document.querySelector("main table a[href^='/matters/']").getAttribute("href")`)
	doer.Follow(`main a[href="` + at + `"]`)
	doer.Axe()
	doer.Press("认领问题")
	doer.Says("已认领")

	// Two people of the unit have the same form open: the second sees both texts.
	other := s.as("donghu")
	other.Visit(at + "/steps/plan")
	plan(other, "旧目标：每村培养两名青年党员")
	doer.Visit(at + "/steps/plan")
	doer.Axe()
	send(doer)
	doer.Says("请填写")
	plan(doer, "三个乡镇每村至少发展一名青年党员")
	send(doer)
	doer.Says("方案待审")
	send(other)
	other.Says("旧目标：每村培养两名青年党员", "三个乡镇每村至少发展一名青年党员")
	other.Axe()

	desk.Visit(at)
	desk.Axe()
	desk.Press("退回方案")
	desk.Fill("note", "措施不够具体，请写明每个村的安排。")
	send(desk)
	desk.Says("已认领")
	doer.Visit(at)
	doer.Says("措施不够具体")
	doer.Press("报送整改方案")
	plan(doer, "三个乡镇十二个村各发展一名青年党员")
	send(doer)
	desk.Visit(at)
	desk.Press("批准方案")
	if strings.Contains(desk.At(), "/steps/") {
		send(desk)
	}
	desk.Says("整改中")

	// Progress with a file; the same form sent twice counts once.
	doer.Visit(at + "/steps/progress")
	doer.Fill("note", "六个村已确定培养对象。")
	file(doer, "file", "培养对象名单.pdf", "application/pdf", "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	before := s.number(`SELECT COUNT(*) FROM audit_entry`)
	browser.Eval[bool](doer, `(() => { const f = document.querySelector('#step'); fetch(f.action, {method: 'POST', body: new FormData(f)}).then(() => { window.first = true; }); return true; })()`)
	doer.Until(`window.first`)
	once := s.number(`SELECT COUNT(*) FROM audit_entry`)
	send(doer)
	if twice := s.number(`SELECT COUNT(*) FROM audit_entry`); once == before || twice != once {
		t.Errorf("the log had %d entries, %d after the form, %d after the same form again", before, once, twice)
	}
	doer.Visit(at)
	doer.Says("六个村已确定培养对象。", "培养对象名单.pdf")
	doer.Axe()

	declare := func() {
		doer.Visit(at + "/steps/declare")
		doer.Fill("result", "十二个村全部完成。")
		send(doer)
		doer.Says("已申报完成")
	}
	declare()
	doer.Visit(at + "/steps/verify")
	if seen := doer.Text(); strings.Contains(seen, "核查意见") || s.number(`SELECT COUNT(*) FROM matter WHERE id = `+strings.TrimPrefix(at, "/matters/")+` AND state = 'declared'`) != 1 {
		t.Errorf("the doer may verify:\n%s", seen)
	}
	check.Visit(at + "/steps/return_done")
	check.Axe()
	check.Fill("note", "两个村没有会议记录。")
	send(check)
	doer.Visit(at)
	doer.Says("两个村没有会议记录。")
	declare()
	check.Visit(at)
	check.Press("核查通过")
	check.Fill("note", "已实地查看。")
	send(check)
	check.Says("核查通过")
	// A finding closes with the mechanism that came of it, and how often that is looked at again.
	desk.Visit(at + "/steps/close")
	desk.Fill("mechanism", "发展党员工作季度调度制度")
	send(desk)
	desk.Says("长效机制复查频次", "请填写此项")
	desk.Axe()
	desk.Fill("check_every", "half_yearly")
	desk.Fill("checks_from", browser.Eval[string](desk, `new Date().toISOString().slice(0, 10)`))
	send(desk)
	desk.Says("已销号")
	check.Visit(at + "/steps/look_back")
	check.Fill("note", "半年后回访，没有反弹。")
	send(check)
	check.Says("回头看通过")
	check.Axe()
	check.Shot("journey-finding")
}

// plan fills in a plan of rectification.
func plan(b *browser.Tab, goal string) {
	b.T.Helper()
	b.Fill("goal", goal)
	b.Fill("measures", "逐村确定培养对象，镇党委按季调度。")
	b.Fill("leader", "陆望川")
	b.Fill("lead_unit", "东湖区")
	b.Fill("responsible", "蓝行舟")
}

// The second teller keys the slips that are left, the secretariat settles what differs and seals.
func count(t *testing.T, s town) {
	teller, desk := s.as("teller-2"), s.as("office")
	teller.Visit("/")
	teller.Axe()
	teller.Visit("/cycles/2/ballots/key")
	teller.Fill("row", "12")
	send(teller)
	teller.Says("20")
	for range 4 {
		teller.Visit("/cycles/2/ballots/key")
		teller.Fill("row", "11111111111111111111")
		send(teller)
	}
	teller.Axe()
	desk.Visit("/cycles/2/ballots")
	desk.Axe()
	for i := 0; strings.Contains(desk.Text(), "待核定"); i++ {
		if i > 60 {
			t.Fatalf("differences without end:\n%s", desk.Text())
		}
		desk.Fill("value", "1")
		desk.Follow(`main form[action$="/settle"] button`)
	}
	desk.Tap(`main form[action$="/seal"] button`)
	sure(desk)
	desk.Says("已封存")
	desk.Axe()
	desk.Shot("journey-count")
}

// A report is written on a phone, survives an ended session, comes back, is answered and accepted.
func report(t *testing.T, s town) {
	id := s.number(`SELECT cr.id FROM cycle_reporter cr JOIN unit u ON u.id = cr.unit_id WHERE u.code = 'WC0103' AND cr.cycle_id = 3`)
	at := "/reports/" + itoa(id)
	b, desk := s.as("baishi"), s.as("donghu-office")
	b.Phone()
	b.Visit("/")
	b.Axe()
	b.Visit(at + "/edit")
	b.Axe()
	part := func(name, text string) {
		b.T.Helper()
		browser.Eval[bool](b, `(() => { const el = document.querySelector('#f-p-`+name+`'); el.focus(); el.value = '`+text+`'; el.dispatchEvent(new Event('input', {bubbles: true})); el.dispatchEvent(new Event('change', {bubbles: true})); return true; })()`)
	}
	part("results", "全年建成党群服务点九个。")
	b.Until(`document.querySelector('#form-p-results [data-autosave-status]').textContent.includes('已于')`)
	b.EndSession()
	part("problems", "会话过期以后写下的问题。")
	b.Until(`document.querySelector('#form-p-problems [data-autosave-status]').textContent.includes('过期')`)
	b.Visit(s.comeBack("baishi"))
	b.Visit(at + "/edit")
	// The page sends what it kept as soon as it may, or offers it.
	browser.Eval[bool](b, `(() => { const x = [...document.querySelectorAll('#form-p-problems button')].find(b => b.textContent === '恢复'); if (x) x.click(); return true; })()`)
	b.Until(`document.querySelector('#f-p-problems').value === '会话过期以后写下的问题。'`)
	part("causes", "我抓得不紧，管得不细。")
	b.Until(`document.querySelector('#form-p-causes [data-autosave-status]').textContent.includes('已于')`)
	for name, want := range map[string]string{"problems": "会话过期以后写下的问题。", "causes": "我抓得不紧，管得不细。"} {
		if s.number(`SELECT COUNT(*) FROM report_part WHERE reporter_id = $1 AND part = $2 AND body = $3`, id, name, want) != 1 {
			t.Errorf("%s is not kept at the server", name)
		}
	}
	b.Visit(at + "/submit")
	b.Axe()
	b.Follow(`main form[action$="/submit"] button`)
	desk.Visit("/")
	desk.Visit(at + "/review")
	desk.Axe()
	browser.Eval[bool](desk, `(() => { const f = document.querySelector('form[action$="/remarks"] input[value=problems]').form; f.elements.body.value = '请写出具体的村和人数。'; window.leftBehind = true; f.querySelector('button').click(); return true; })()`)
	desk.Until(`!window.leftBehind && document.readyState === 'complete'`)
	desk.Follow(`main form[action$="/return"] button`)
	desk.Axe()
	b.Visit(at + "/edit")
	b.Says("请写出具体的村和人数。")
	b.Axe()
	b.Visit(at + "/submit")
	b.Says("1条退回意见没有答复")
	b.Visit(at + "/edit")
	browser.Eval[bool](b, `(() => { const f = document.querySelector('form[action*="/answers/"]'); f.querySelector('textarea').value = '已补写三个村、十二人。'; window.leftBehind = true; [...f.querySelectorAll('button[type=submit]')].pop().click(); return true; })()`)
	b.Until(`!window.leftBehind && document.readyState === 'complete'`)
	b.Visit(at + "/submit")
	b.Follow(`main form[action$="/submit"] button`)
	desk.Visit(at + "/review")
	desk.Says("已补写三个村、十二人。")
	desk.Tap(`main form[action$="/accept"] button`)
	sure(desk)
	b.Visit(at)
	b.Says("审核通过")
	b.Shot("journey-report")
}

// A district's meeting: lots are drawn, the host works the clock from the keyboard, the screen in the hall shows the
// same, and what the presider confirms stands in the ledger.
func meeting(t *testing.T, s town) {
	desk := s.as("donghu-office")
	desk.Visit("/cycles/3/meeting")
	desk.Axe()
	desk.Fill("place", "区会议中心")
	send(desk)
	at := desk.At()
	desk.Axe()
	desk.Visit(at + "/draw")
	desk.Axe()
	if browser.Eval[bool](desk, `!!document.querySelector('main [name=phrase], main [name=public]')`) {
		browser.Eval[bool](desk, `(document.querySelector('main [name=phrase], main [name=public]').value = '东湖同心', true)`)
	}
	desk.Tap(`main form[action$="/draw"] button`)
	sure(desk)
	desk.Axe()
	desk.Visit(at + "/console")
	desk.Axe()
	hall := s.as("donghu-office")
	hall.Visit(at + "/stage")
	hall.Axe()
	early(s, at)
	key := func(k, wait string) {
		desk.T.Helper()
		desk.Until(`document.readyState === 'complete' && document.querySelector('[data-key=` + k + `]')`)
		browser.Eval[bool](desk, `(window.leftBehind = true, window.pressed = 0, true)`)
		// A question is answered; pressed again where the page drew its buttons anew at that very moment, as people do.
		desk.Until(`(() => { if (!window.leftBehind) return document.readyState === 'complete';
			const ok = document.querySelector('dialog[open] .btn.primary');
			if (ok) ok.click();
			else if (Date.now() - window.pressed > 4000) { window.pressed = Date.now(); document.activeElement?.blur(); document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '` + k + `', bubbles: true})); }
			return false; })()`)
		desk.Until(wait)
	}
	key("o", `document.querySelector('[data-key=s]')`)
	key("s", `document.querySelector('[data-key=p]') && document.querySelector('.clock')`)
	who := browser.Eval[string](desk, `document.querySelector('.now h2').textContent`)
	hall.Until(`document.body.innerText.includes('` + who + `')`)
	key("p", `document.body.innerText.includes('暂停')`)
	clock := `(document.querySelector('.clock') || document.body).textContent.trim()`
	desk.Until(`document.querySelector('.clock')`)
	hall.Until(clock + ` === ` + quote(browser.Eval[string](desk, clock)))
	key("p", `document.querySelector('[data-key=x]')`)
	key("x", `document.querySelector('[data-key=s]')`)
	desk.Axe()
	desk.Shot("journey-console")

	// The presider of the city comments on a unit that waits, and what is confirmed stands in the ledger.
	silent := s.number(`SELECT MIN(reporter_id) FROM meeting_comment WHERE cycle_id = 2 AND edition = 0 AND reporter_id > 0`)
	b := s.as("chair")
	b.Visit("/meetings/2/hear/" + itoa(silent))
	b.Axe()
	b.Follow(`main [data-key=e]`)
	b.Axe()
	name := browser.Eval[string](b, `document.querySelector('main textarea[name^=text_]').name`)
	b.Fill(name, "党员教育频次不够，两个支部全年只开过一次党课。")
	b.Fill("affirm", "重点工作推进有力。")
	b.Tap(`main form#comment button.primary`) // confirms what stands in the form
	sure(b)
	b.Until(`!location.pathname.endsWith('/edit')`)
	b.Says("党员教育频次不够", "已确认")
	b.Axe()
	b.Shot("journey-comment")
	if n := s.number(`SELECT COUNT(*) FROM matter WHERE title LIKE '党员教育频次不够%'`); n != 1 {
		t.Errorf("%d findings came of the comment", n)
	}
}

// early presses the button that opens the meeting before its date, in a browser without JavaScript: the server asks.
func early(s town, at string) {
	b := s.as("donghu-office")
	for _, x := range []struct {
		lang  string
		size  func()
		says  []string
		press string
	}{{"zh", b.Wide, []string{"宣布开会", "尚未到期。确定现在开会吗？"}, "宣布开会"}, {"en", b.Phone, []string{"Open the meeting", "still to come. Open it now?"}, "Open the meeting"}} {
		x.size()
		b.Lang(x.lang)
		b.Scripts(false)
		b.Visit(at + "/console")
		b.Press(x.press)
		b.Says(x.says...)
		b.Scripts(true)
		b.Axe()
		b.Shot("journey-early-" + x.lang)
		b.Follow(`main .actions a`)
		if b.At() != at+"/console" || s.number(`SELECT COUNT(*) FROM meeting WHERE cycle_id = 3 AND state = 'planned'`) != 1 {
			s.T.Errorf("asked, and answered no, the meeting is open: %s", b.At())
		}
	}
}

// The district opens its next cycle from a plan.
func nextCycle(t *testing.T, s town) {
	b := s.as("donghu-office")
	b.Visit("/cycles")
	b.Visit("/cycles/new")
	b.Fill("year", "2027")
	b.Fill("meeting_date", "2027-12-10")
	b.Fill("plan", "3")
	send(b)
	b.Says("柳河街道", "现场述职")
	b.Axe()
	send(b)
	b.Says("年度考核已启动")
	b.Axe()
	b.Shot("journey-next-reporters")
	b.Visit("/cycles")
	b.Says("2027")
}

func itoa(n int) string { return strconv.Itoa(n) }

func quote(s string) string { return strconv.Quote(s) }

// comeBack makes another one-click link for an account.
func (s town) comeBack(login string) string {
	s.T.Helper()
	var id int64
	if err := s.DB.QueryRow(context.Background(), `SELECT id FROM account WHERE login = $1`, login).Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	link, err := s.Rooms.Accounts.DemoLink(context.Background(), id)
	if err != nil {
		s.T.Fatal(err)
	}
	return "/demo/" + link
}
