package account

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"short":                     "fault.account.password_short",
		"九个字九个字九个字":                 "fault.account.password_short",
		"1234567890":                "fault.account.password_common",
		"１２３４５６７８９０":                "fault.account.password_common",
		"Qwertyuiop!":               "fault.account.password_common",
		"aaaaaaaaaaaa":              "fault.account.password_common",
		"zhangwei88!":               "fault.account.password_common",
		"zhangwei zhangwei":         "fault.account.password_common",
		strings.Repeat("ab9c", 200): "fault.account.password_long",
		"把准绳放到每一面墙上":                "",
		"correct horse battery":     "",
		"zhangwei reads at night":   "",
	} {
		if got, _ := CheckPassword("zhangwei", password); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestLogins(t *testing.T) {
	for login, want := range map[string]bool{"li": true, "张伟": true, "li.na@x-y_1": true, "13800138000": true,
		"l": false, ".li": false, "li na": false, "li\n": false, "": false, strings.Repeat("x", 65): false, "a\xff": false, "<b>": false} {
		if validLogin(login) != want {
			t.Errorf("%q: %v", login, !want)
		}
	}
	if got := NormalLogin("　ＬＩ．na "); got != "li.na" {
		t.Errorf("got %q", got)
	}
}

func TestLocksGrowAndEnd(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 0, 4: 0, 5: time.Minute, 6: 2 * time.Minute, 10: 32 * time.Minute, 11: time.Hour, 1000: time.Hour} {
		if got := lockFor(n); got != want {
			t.Errorf("%d failures: %v, want %v", n, got, want)
		}
	}
}

// Whoever guesses, in whatever rhythm, gets no more tries at one login than the locks leave.
func TestGuessingIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, now := newGuard(), time.Unix(1_700_000_000, 0)
		end, tries := now.Add(6*time.Hour), 0
		for now.Before(end) {
			if _, ok := g.try("victim", "", 0, now); ok {
				tries++
			}
			g.address.Give("")
			now = now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "pause")) * time.Second)
		}
		if tries > freeFailures+7+6 {
			t.Fatalf("%d tries in six hours", tries)
		}
	})
}

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36":              "Chrome · Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1 MicroMessenger/8": "WeChat · iPhone",
		"curl/8": "",
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox · Linux",
	} {
		if got := Device(agent); got != want {
			t.Errorf("%q: %q", agent, got)
		}
	}
}

func TestHashes(t *testing.T) {
	h := newHasher(current)
	secret, err := h.make(ctx, "ｆｕｌｌ width 密码")
	if err != nil || !strings.HasPrefix(secret, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatal(secret, err)
	}
	if ok, stale, err := h.verify(ctx, secret, "full width 密码"); !ok || stale || err != nil {
		t.Error("the same password, typed otherwise, was refused")
	}
	for _, bad := range []string{"", secret[:len(secret)-1], "$argon2id$v=19$m=4294967295,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + strings.Repeat("A", 43)} {
		if ok, _, err := h.verify(ctx, bad, ""); ok || err != nil {
			t.Errorf("%q matched", bad)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$$$$$")
	f.Fuzz(func(t *testing.T, secret string) {
		p, salt, key, ok := decode(secret)
		if ok && (p.memory > 1<<20 || p.time > 64 || p.threads == 0 || len(salt) < 8 || len(key) != keySize) {
			t.Fatalf("%+v", p)
		}
	})
}

func TestSetupTokensCanBeTyped(t *testing.T) {
	token, kept := newSetup()
	if len(token) != 29 || setupDigest(token) != kept {
		t.Fatalf("%q", token)
	}
	typed := strings.ToUpper(strings.NewReplacer("-", " ", "0", "O", "1", "l").Replace(token))
	if setupDigest(typed) != kept || setupDigest(token[1:]) == kept {
		t.Errorf("typed as %q", typed)
	}
}

// Many guesses at the same moment get no more tries than the same guesses one after the other.
func TestGuessesAtOnceDoNotPassTogether(t *testing.T) {
	g, now := newGuard(), time.Unix(1_700_000_000, 0)
	var tried atomic.Int32
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if _, ok := g.try("victim", "192.0.2.1", 0, now); ok {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	if n := tried.Load(); n != freeFailures+1 {
		t.Errorf("%d guesses passed together", n)
	}
}

// Whatever strangers try, the memory that counts them is bounded.
func TestGuardIsBounded(t *testing.T) {
	g, now := newGuard(), time.Unix(1_700_000_000, 0)
	for i := range guardSize + 50 {
		g.try(strconv.Itoa(i), "10."+strconv.Itoa(i>>16)+"."+strconv.Itoa(i>>8&255)+"."+strconv.Itoa(i&255), 0, now.Add(time.Duration(i)*time.Microsecond))
	}
	if len(g.logins) > guardSize {
		t.Errorf("%d logins", len(g.logins))
	}
	if _, kept := g.logins["0"]; kept {
		t.Error("the oldest was kept")
	}
}
