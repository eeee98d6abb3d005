package journeys_test

import (
	"slices"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// The administrator brings in units and accounts; a bad file changes nothing and every line of it is named.
func imports(t *testing.T, s town) {
	b := s.as("admin")
	s.importUnits(b)
	s.importAccounts(b)
}

// importUnits: a bad file first, then a good one as spreadsheets in Chinese offices save it, in GB18030.
func (s town) importUnits(b *browser.Tab) {
	s.T.Helper()
	const form = "/imports/new?what=units"
	before := s.number(`SELECT COUNT(*) FROM unit`)
	b.Visit(form)
	file(b, "file", "bad.csv", "text/csv", "code,parent_code,kind,name\nX1,NOWHERE,township,甲\nX2,WC01,no such kind,乙\nX2,WC01,township,丙\n")
	send(b)
	b.Until(`document.body.innerText.includes('NOWHERE')`)
	b.Says("NOWHERE", "no such kind", "“X2”重复，第3行已有")
	b.Each(b.At(), "journey-import-units-bad")
	b.Lang("zh")
	b.Visit(form)
	file(b, "file", "good.csv", "text/csv", "code,parent_code,kind,name\nWC0190,WC01,township,\xca\xd4\xd1\xe9\xd5\xf2\n")
	send(b)
	b.Until(`document.querySelector('main form button.primary')`)
	b.Says("试验镇")
	b.Axe()
	if n := s.number(`SELECT COUNT(*) FROM unit`); n != before {
		s.T.Errorf("a dry run made %d units", n-before)
	}
	send(b)
	b.Until(`document.body.innerText.includes('完成') || document.body.innerText.includes('已导入')`)
	if s.number(`SELECT COUNT(*) FROM unit`) != before+1 || s.number(`SELECT COUNT(*) FROM unit WHERE code = 'WC0190' AND name = '试验镇'`) != 1 {
		s.T.Errorf("the unit is not there as it was written:\n%s", b.Text())
	}
}

// importAccounts: a file without a column, one with bad lines, and the mended one, whose new people set their passwords.
func (s town) importAccounts(b *browser.Tab) {
	s.T.Helper()
	const form, head = "/accounts/import", "login,name,role,unit_code,lang\n"
	before := s.number(`SELECT COUNT(*) FROM account`) + s.number(`SELECT COUNT(*) FROM role_grant`)
	choose := func(name, text, do string) {
		b.Visit(form)
		file(b, "file", name, "text/csv", text)
		b.Follow(`main button[name=do][value=` + do + `]`)
	}
	choose("no-column.csv", "login,full name,role,unit_code\nxin,新任干事,staff,WC0190\n", "check")
	b.Says("有1处错误，未导入任何内容", "缺少列“name”，也可写作：姓名、名称。")
	b.Axe()
	bad := head + "xin,新任干事,staff,WC0190,zh\nxin,另一个人,debriefer,WC0190,zh\ngui,归档员,keeper,WC0190,zh\nhao,郝某,staff,WC9999,zh\nxin,新任干事,staff,WC0190,zh\n"
	for _, x := range []struct {
		lang, do string
		size     func()
		lines    [][]string // line, column, reason
	}{
		{"zh", "check", b.Wide, [][]string{{"3", "name", "与同一登录名前面的行不一致：前面是“新任干事”，此处是“另一个人”。"}, {"4", "role", "没有角色“keeper”。"}, {"5", "unit_code", "没有编码为“WC9999”的单位。"}, {"6", "role", "“xin”的这一角色重复了。"}}},
		{"en", "import", b.Phone, [][]string{{"3", "name", "新任干事"}, {"4", "role", "keeper"}, {"5", "unit_code", "WC9999"}, {"6", "role", "xin"}}},
	} {
		b.Lang(x.lang)
		x.size()
		choose("accounts.csv", bad, x.do)
		said := browser.Eval[[][]string](b, `[...document.querySelector('main table').tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText.trim()))`)
		slices.SortFunc(said, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		if len(said) != len(x.lines) {
			s.T.Fatalf("%d lines are said to be wrong: %v", len(said), said)
		}
		for i, want := range x.lines {
			if said[i][0] != want[0] || said[i][1] != want[1] || !strings.Contains(said[i][2], want[2]) {
				s.T.Errorf("in %s: %v, want %v", x.lang, said[i], want)
			}
		}
		b.Axe()
		b.Shot("journey-import-accounts-" + x.lang)
		if n := s.number(`SELECT COUNT(*) FROM account`) + s.number(`SELECT COUNT(*) FROM role_grant`); n != before {
			s.T.Errorf("a bad file made %d accounts and roles", n-before)
		}
	}
	b.Lang("zh")
	b.Wide()
	choose("accounts.csv", head+"xin,新任干事,staff,WC0190,zh\nxin,,debriefer,WC0190,\nbaishi,白石街道书记,debriefer,WC0103,zh\n", "check")
	b.Says("核对无误，尚未导入", "共3行：新账号1个")
	choose("accounts.csv", head+"xin,新任干事,staff,WC0190,zh\nxin,,debriefer,WC0190,\nbaishi,白石街道书记,debriefer,WC0103,zh\n", "import")
	b.Says("新任干事", "xin", "/setup/")
	b.Axe()
	s.firstSignIn(browser.Eval[string](b, `document.querySelector('main article .keep').textContent`))
}

// firstSignIn: the slip's link sets the password, once, and leads in.
func (s town) firstSignIn(link string) {
	s.T.Helper()
	_, token, _ := strings.Cut(link, "/setup/")
	b := s.Nobody()
	b.Phone()
	b.Lang("zh")
	set := func(password string) {
		b.Visit("/setup/" + token)
		b.Fill("password", password)
		b.Fill("repeat_password", password)
		b.Follow("main form button")
	}
	set("short")
	b.Axe()
	if !strings.HasPrefix(b.At(), "/setup/") {
		s.T.Errorf("a short password is taken:\n%s", b.Text())
	}
	set("一句够长的好记口令 2026")
	b.Says("新任干事，您好")
	b.Axe()
	b.Visit("/account")
	b.Says("试验镇")
	again := s.Nobody()
	again.Lang("zh")
	again.Visit("/setup/" + token)
	if browser.Eval[bool](again, `!!document.querySelector('[name=repeat_password]')`) {
		s.T.Errorf("a used link sets a password again:\n%s", again.Text())
	}
}
