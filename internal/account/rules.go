package account

import (
	_ "embed"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
)

const (
	minPassword  = 10  // characters
	maxPassword  = 512 // bytes
	freeFailures = 4   // wrong passwords before an account is locked
	longestLock  = time.Hour
)

//go:embed common.txt
var commonText string

var common = func() map[string]bool {
	m := map[string]bool{}
	for _, line := range strings.Fields(commonText) {
		m[line] = true
	}
	return m
}()

// NormalLogin is the form in which logins are kept and compared: full-width characters as half-width, lower case.
func NormalLogin(login string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(login)))
}

// validLogin: two to 64 letters (of any script), digits, and . _ - @ inside.
func validLogin(login string) bool {
	n := utf8.RuneCountInString(login)
	if n < 2 || n > 64 || !utf8.ValidString(login) {
		return false
	}
	for i, r := range login {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && (i == 0 || !strings.ContainsRune("._-@", r)) {
			return false
		}
	}
	return true
}

func validName(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= 100 && strings.IndexFunc(name, unicode.IsControl) < 0
}

// normalPassword makes what an input method may type in two ways the same.
func normalPassword(password string) string { return norm.NFKC.String(password) }

// CheckPassword says what is wrong with a new password, as a wording key with arguments; "" when nothing is.
func CheckPassword(login, password string) (key string, args []any) {
	password = normalPassword(password)
	switch {
	case utf8.RuneCountInString(password) < minPassword:
		return "fault.account.password_short", []any{"Min", minPassword}
	case len(password) > maxPassword:
		return "fault.account.password_long", []any{"Max", maxPassword}
	case tooPlain(login, strings.ToLower(password)):
		return "fault.account.password_common", nil
	}
	return "", nil
}

// tooPlain: a well-known password, fewer than five different characters, or hardly more than the login.
func tooPlain(login, password string) bool {
	if common[password] || common[strings.TrimRightFunc(password, isTrim)] {
		return true
	}
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	if len(different) < 5 {
		return true
	}
	login = NormalLogin(login)
	rest := strings.ReplaceAll(password, login, "")
	return utf8.RuneCountInString(login) >= 2 && rest != password && utf8.RuneCountInString(rest) < 6
}

// isTrim: signs that people add to a well-known password to please a rule.
func isTrim(r rune) bool { return strings.ContainsRune("!@#.*?", r) }

// lockFor is how long an account is locked after the n-th failure in a row: not at all at first, then a minute, doubled
// every time, up to an hour. It ends by itself, so that nobody can be locked out for good by a stranger.
func lockFor(n int) time.Duration {
	if n <= freeFailures {
		return 0
	}
	d := time.Minute
	for i := freeFailures + 1; i < n && d < longestLock; i++ {
		d *= 2
	}
	return min(d, longestLock)
}

// errLocked words a lock in whole minutes, at least one.
func errLocked(left time.Duration) error {
	return fault.Bad("fault.account.locked", "Count", int((left+time.Minute-1)/time.Minute))
}

// managesAll says whether the actor manages accounts at every one of the places.
func managesAll(p authz.Policy, actor authz.Actor, places []authz.Unit) bool {
	for _, at := range places {
		if !p.Allows(actor, authz.AccountManage, at) {
			return false
		}
	}
	return true
}

// Device names the browser and system of a User-Agent header, roughly, so that people recognise their sessions.
func Device(userAgent string) string {
	first := func(list ...[2]string) string {
		for _, e := range list {
			if strings.Contains(userAgent, e[0]) {
				return e[1]
			}
		}
		return ""
	}
	browser := first([2]string{"MicroMessenger", "WeChat"}, [2]string{"DingTalk", "DingTalk"}, [2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"},
		[2]string{"QQBrowser", "QQ Browser"}, [2]string{"Firefox", "Firefox"}, [2]string{"Chrome", "Chrome"}, [2]string{"Safari", "Safari"})
	system := first([2]string{"HarmonyOS", "HarmonyOS"}, [2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"},
		[2]string{"Windows", "Windows"}, [2]string{"Macintosh", "macOS"}, [2]string{"Linux", "Linux"})
	switch {
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return browser + " · " + system
}
