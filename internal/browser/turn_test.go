package browser_test

import (
	"testing"

	"plumbline/internal/browser"
)

// Somebody changes the language over a form: newly opened, refused, refused and typed on, and after the session ended.
// What was typed stands there every time, and the form goes out when its own button is pressed.
func TestTheLanguageIsChangedOverAForm(t *testing.T) {
	site := browser.Open(t)
	site.House.AddUnits("C1 - city 甲市")
	b := site.As("keeper", "admin@C1")
	b.Lang("zh")
	stands := func(name, want string) {
		t.Helper()
		if got := browser.Eval[string](b, `document.querySelector('main [name="`+name+`"]').value`); got != want {
			t.Errorf("%s is %q, want %q:\n%s", name, got, want, b.Text())
		}
	}
	turn := func() { t.Helper(); b.Follow(`form.lang button`) }
	b.Visit("/units/new?parent=1")
	b.Fill("name", "尚未送出的单位")
	b.Fill("kind", "township")
	turn()
	b.Says("New unit")
	stands("name", "尚未送出的单位")
	stands("kind", "township")
	b.Follow("main form button.primary")
	b.Says("New unit")
	b.Axe()
	b.Fill("name_en", "typed after the refusal")
	turn()
	b.Says("设立单位")
	stands("name", "尚未送出的单位")
	stands("name_en", "typed after the refusal")
	b.Scripts(false)
	turn()
	b.Scripts(true)
	b.Says("New unit")
	stands("name", "尚未送出的单位")
	b.Fill("code", "N1")
	b.EndSession()
	b.Follow("main form button.primary")
	b.Says("Password")
	turn()
	b.Says("密码")
	b.Axe()
	stands("f.name", "尚未送出的单位")
	stands("f.code", "N1")
}
