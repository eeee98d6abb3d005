package web_test

import (
	"fmt"
	"testing"

	"plumbline/internal/app/apptest"
)

// The screen in the hall follows the host, and goes on by itself when nothing answers any more.
func TestStageOutlivesTheNetwork(t *testing.T) {
	x := newHall(apptest.SQLite(t))
	x.arrange()
	c := x.Chrome(x.desk)
	c.Open(x.path + "/stage")
	c.Until(`document.body.innerText.includes('会议中心')`)
	x.desk.Must(303, x.live("open", 0))
	one := x.slot(0)
	x.desk.Must(303, x.live("start", one.ID))
	c.Until(fmt.Sprintf(`document.querySelector('h1').innerText === %q`, one.UnitName.Zh))
	c.Until(`document.querySelector('.clock').innerText <= '07:59'`)
	if got := c.Text(`document.querySelectorAll('header, nav, a, button').length`); got != "0" {
		t.Errorf("%s things stand around the stage", got)
	}
	c.SignOut() // from now on the server gives nothing but the sign-in page
	face := c.Text(`document.querySelector('.clock').innerText`)
	c.Until(fmt.Sprintf(`document.querySelector('.clock').innerText < %q`, face))
	c.Run(`window.asked = 0; document.addEventListener('htmx:after:request', () => { window.asked++ })`)
	c.Until(`window.asked >= 1`)
	if got := c.Text(`document.querySelector('h1').innerText`); got != one.UnitName.Zh {
		t.Errorf("without a session the stage shows %q", got)
	}
}

// The host runs the meeting by keyboard; the console follows what is done elsewhere.
func TestConsoleByKeyboard(t *testing.T) {
	x := newHall(apptest.SQLite(t))
	x.arrange()
	c := x.Chrome(x.desk)
	c.Open(x.path + "/console")
	c.Run(`document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'o', bubbles: true}))`)
	c.Until(`[...document.querySelectorAll('button')].some(b => b.dataset.key === 's')`)
	c.Run(`document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 's', bubbles: true}))`)
	c.Until(`[...document.querySelectorAll('button')].some(b => b.dataset.key === 'x') && !!document.querySelector('.clock')`)
	one := x.slot(0)
	x.chair.Must(303, x.chair.Post(x.path+"/live", "step", "stop", "slot", fmt.Sprint(one.ID)))
	c.Until(`!document.querySelector('.clock') && document.body.innerText.includes('已发言')`)
}

// Whoever confirms from the editor confirms what stands there, typed a moment ago and saved by nobody.
func TestConfirmTakesWhatStandsInTheEditor(t *testing.T) {
	x := newHall(apptest.SQLite(t))
	x.arrange()
	k := x.begin(x.chair, "D1")
	c := x.Chrome(x.chair)
	c.Open(k + "/edit")
	c.Run(`const box = document.querySelector('[name=text_p1]'); box.value = '台账更新不及时'; box.dispatchEvent(new Event('input', {bubbles: true}))`)
	c.Run(`[...document.querySelectorAll('#comment button')].find(b => b.dataset.confirm).click()`)
	c.Until(`!!document.querySelector('dialog[open]')`)
	c.Run(`document.querySelector('dialog[open] button[value=ok]').click()`)
	c.Until(fmt.Sprintf(`location.pathname === %q && document.body.innerText.includes('台账更新不及时')`, k))
	if body := x.first.Page(k).Body; body == "" {
		t.Error("the reporter does not read it")
	}
}
