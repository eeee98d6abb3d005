package account

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

const good = "a plumb line hangs true"

var ctx = context.Background()

type house struct {
	*Service
	t     *testing.T
	db    *store.DB
	clock *storetest.Clock
}

// each gives a house with the units /1/ (city), /1/2/ and /1/3/ (counties) on both databases, with cheap hashes.
func each(t *testing.T, test func(h *house)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		policy, err := authz.NewPolicy([]authz.Role{
			{ID: "admin", Can: map[authz.Action]authz.Reach{authz.AccountManage: authz.Below, authz.OrgEdit: authz.Below}},
			{ID: "clerk", Can: map[authz.Action]authz.Reach{authz.PlanEdit: authz.Here}},
		})
		if err != nil {
			t.Fatal(err)
		}
		s := New(gate.New(db, policy), db)
		s.hash, s.floor = newHasher(params{memory: 64, time: 1, threads: 1}), 0
		err = db.Write(ctx, func(tx *store.Tx) error {
			for id, path := range map[int]string{1: "/1/", 2: "/1/2/", 3: "/1/3/"} {
				if _, err := tx.Exec(ctx, `INSERT INTO unit (id, code, parent_id, path, kind, name, name_en, from_date, to_date, since, successor_id, version)
					VALUES ($1, $2, 0, $3, 'x', 'x', '', '', '', '', 0, 1)`, id, fmt.Sprintf("u%d", id), path); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		test(&house{s, t, db, clock})
	})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(err error, kind fault.Kind, key string) {
	h.t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != kind || key != "" && f.Key != key && (len(f.Fields) == 0 || f.Fields[0].Key != key) {
		h.t.Fatalf("got %v, want kind %d %s", err, kind, key)
	}
}

// make creates an account with its password set and gives its id and actor.
func (h *house) make(login string, grants ...RoleAt) (int64, authz.Actor) {
	h.t.Helper()
	home := int64(1)
	if len(grants) > 0 {
		home = grants[0].Unit
	}
	id, setup, err := h.Create(ctx, authz.System(), NewAccount{Login: login, Name: login, Lang: "zh", Home: home, Grants: grants})
	h.must(err)
	token, _, err := h.Setup(ctx, setup, good, From{})
	h.must(err)
	_, actor, err := h.Session(ctx, token)
	h.must(err)
	return id, actor
}

func (h *house) history(id int64) (what []string) {
	h.t.Helper()
	entries, err := audit.History(ctx, h.db, audit.Subject{Kind: Kind, ID: id}, 100)
	h.must(err)
	for _, e := range entries {
		what = append(what, e.Note["what"])
	}
	return what
}

func TestTheFirstAdministratorComesInByALink(t *testing.T) {
	each(t, func(h *house) {
		first, created, err := h.FirstAdmin(ctx)
		h.must(err)
		again, createdAgain, err := h.FirstAdmin(ctx)
		h.must(err)
		if !created || createdAgain || again == first || again == "" {
			t.Fatalf("first start: %v %q; second: %v %q", created, first, createdAgain, again)
		}
		_, _, err = h.Setup(ctx, first, good, From{})
		h.refused(err, fault.Invalid, "fault.account.link")
		token, ses, err := h.Setup(ctx, again, good, From{Device: "Firefox"})
		h.must(err)
		if ses.Login != FirstLogin || ses.Device != "Firefox" {
			t.Fatalf("session %+v", ses)
		}
		_, _, err = h.Setup(ctx, again, good, From{})
		h.refused(err, fault.Invalid, "fault.account.link")
		_, actor, err := h.Session(ctx, token)
		h.must(err)
		for _, at := range []authz.Unit{authz.Whole, {ID: 2, Path: "/1/2/"}} {
			if !h.gate.Policy().Allows(actor, authz.OrgEdit, at) {
				t.Errorf("the first administrator may not edit %v", at)
			}
		}
		if h.gate.Policy().Allows(actor, authz.OrgEdit, authz.Unit{}) {
			t.Error("no place at all was allowed")
		}
		if later, created, err := h.FirstAdmin(ctx); later != "" || created || err != nil {
			t.Fatalf("a link was made after the password was set: %q %v %v", later, created, err)
		}
	})
}

// Accounts that administer nothing do not stand in the way of the first administrator, whatever they are called.
func TestAccountsBeforeTheFirstAdministrator(t *testing.T) {
	each(t, func(h *house) {
		h.make("li.na")
		h.make(FirstLogin)
		first, created, err := h.FirstAdmin(ctx)
		h.must(err)
		if !created || first == "" {
			t.Fatalf("no first link beside accounts that administer nothing: %v %q", created, first)
		}
		_, ses, err := h.Setup(ctx, first, good, From{})
		h.must(err)
		if ses.Login != FirstLogin+"2" {
			t.Errorf("the first administrator is called %q", ses.Login)
		}
		if again, created, err := h.FirstAdmin(ctx); again != "" || created || err != nil {
			t.Errorf("a link was made after the password was set: %q %v %v", again, created, err)
		}
	})
}

func TestSessionsSlideAndEnd(t *testing.T) {
	each(t, func(h *house) {
		h.make("li.na")
		token, ses, err := h.SignIn(ctx, " LI.NA", good, From{Device: "Chrome"})
		h.must(err)
		for range 7 {
			h.clock.Add(Idle - time.Minute)
			if _, _, err = h.Session(ctx, token); err != nil {
				break
			}
		}
		h.refused(err, fault.SignIn, "fault.account.sign_in") // the absolute end
		if h.clock.Now().UnixMicro() < ses.Ends {
			t.Fatal("a used session ended too early")
		}
		token, _, err = h.SignIn(ctx, "li.na", good, From{})
		h.must(err)
		h.clock.Add(Idle)
		_, _, err = h.Session(ctx, token)
		h.refused(err, fault.SignIn, "")
		for _, bad := range []string{"", "x", token + "x"} {
			_, _, err = h.Session(ctx, bad)
			h.refused(err, fault.SignIn, "")
		}
	})
}

func TestReadingWritesNothingButNowAndThen(t *testing.T) {
	each(t, func(h *house) {
		h.make("li")
		token, ses, err := h.SignIn(ctx, "li", good, From{})
		h.must(err)
		before, err := audit.Size(ctx, h.db)
		h.must(err)
		stored := func() (at int64) {
			h.must(h.db.QueryRow(ctx, `SELECT seen_at FROM session WHERE id = $1`, ses.ID).Scan(&at))
			return at
		}
		h.clock.Add(2 * time.Minute)
		_, _, err = h.Session(ctx, token)
		h.must(err)
		first := stored()
		h.clock.Add(30 * time.Second)
		got, _, err := h.Session(ctx, token)
		h.must(err)
		if stored() != first || first != ses.Created+2*60e6 || got.Seen != h.clock.Now().UnixMicro() {
			t.Fatalf("created %d, written %d then %d, seen %d", ses.Created, first, stored(), got.Seen)
		}
		if after, _ := audit.Size(ctx, h.db); after != before {
			t.Fatal("reading left an entry in the log")
		}
	})
}

func TestWrongPasswordsLock(t *testing.T) {
	each(t, func(h *house) {
		id, _ := h.make("wang")
		for range freeFailures {
			_, _, err := h.SignIn(ctx, "wang", "wrong password", From{})
			h.refused(err, fault.Invalid, "fault.account.refused")
		}
		_, _, err := h.SignIn(ctx, "wang", "wrong password", From{})
		h.refused(err, fault.Invalid, "fault.account.locked")
		_, _, err = h.SignIn(ctx, "wang", good, From{})
		h.refused(err, fault.Invalid, "fault.account.locked")
		s := New(h.gate, h.db) // a new start of the program knows of the lock
		s.hash, s.floor = h.hash, 0
		_, _, err = s.SignIn(ctx, "wang", good, From{})
		h.refused(err, fault.Invalid, "fault.account.locked")
		h.clock.Add(time.Minute)
		_, _, err = s.SignIn(ctx, "wang", "wrong password", From{})
		h.refused(err, fault.Invalid, "fault.account.locked")
		h.clock.Add(time.Minute)
		_, _, err = s.SignIn(ctx, "wang", good, From{})
		h.refused(err, fault.Invalid, "fault.account.locked") // the second lock is longer
		h.must(s.Unlock(ctx, authz.System(), id))
		_, _, err = s.SignIn(ctx, "wang", good, From{})
		h.must(err)
		if got := strings.Join(h.history(id), " "); got != "signed_in unlocked locked locked set_up created" {
			t.Errorf("history: %s", got)
		}
	})
}

func TestUnknownLoginsAnswerLikeKnownOnes(t *testing.T) {
	each(t, func(h *house) {
		h.make("known")
		_, _, err := h.Create(ctx, authz.System(), NewAccount{Login: "fresh", Name: "no password yet", Home: 1})
		h.must(err)
		for i := range 7 {
			var said []string
			for _, login := range []string{"known", "unknown", "fresh"} {
				_, _, err := h.SignIn(ctx, login, "wrong password", From{})
				said = append(said, err.Error())
			}
			if said[0] != said[1] || said[1] != said[2] {
				t.Fatalf("attempt %d: %v", i, said)
			}
		}
	})
}

func TestAnAddressIsSlowedDown(t *testing.T) {
	each(t, func(h *house) {
		h.make("zhao")
		var err error
		for i := range addressBurst + 1 {
			_, _, err = h.SignIn(ctx, fmt.Sprintf("guess%d", i), "wrong password", From{Address: fmt.Sprintf("2001:db8::%x", i)})
		}
		h.refused(err, fault.Invalid, "fault.account.locked")
		_, _, err = h.SignIn(ctx, "zhao", good, From{Address: "192.0.2.1"})
		h.must(err)
		h.clock.Add(addressEvery)
		_, _, err = h.SignIn(ctx, "zhao", good, From{Address: "2001:db8::1"})
		h.must(err)
	})
}

func TestSignInReplacesTheSessionAndTheHash(t *testing.T) {
	each(t, func(h *house) {
		id, _ := h.make("chen")
		old, _, err := h.SignIn(ctx, "chen", good, From{})
		h.must(err)
		h.hash = newHasher(params{memory: 128, time: 1, threads: 1})
		_, _, err = h.SignIn(ctx, "chen", good, From{Replaces: old})
		h.must(err)
		_, _, err = h.Session(ctx, old)
		h.refused(err, fault.SignIn, "")
		a, err := byID(ctx, h.db, id)
		h.must(err)
		if !strings.Contains(a.secret, "m=128") {
			t.Errorf("the hash kept its old parameters: %s", a.secret)
		}
		_, _, err = h.SignIn(ctx, "chen", good, From{})
		h.must(err)
	})
}

func TestOwnSessionsPasswordAndLanguage(t *testing.T) {
	each(t, func(h *house) {
		_, actor := h.make("sun")
		_, other := h.make("qian")
		phone, _, err := h.SignIn(ctx, "sun", good, From{Device: "phone"})
		h.must(err)
		desk, here, err := h.SignIn(ctx, "sun", good, From{Device: "desk"})
		h.must(err)
		list, err := h.Sessions(ctx, actor)
		h.must(err)
		if len(list) != 3 {
			t.Fatalf("%d sessions", len(list))
		}
		h.refused(h.EndSession(ctx, other, here.ID), fault.NotFound, "")
		h.refused(h.ChangePassword(ctx, actor, here.ID, "wrong password", good+"!"), fault.Invalid, "fault.account.old_password")
		h.refused(h.ChangePassword(ctx, actor, here.ID, good, "short"), fault.Invalid, "fault.account.password_short")
		h.must(h.ChangePassword(ctx, actor, here.ID, good, good+"!"))
		_, _, err = h.Session(ctx, phone)
		h.refused(err, fault.SignIn, "")
		_, _, err = h.Session(ctx, desk)
		h.must(err)
		_, _, err = h.SignIn(ctx, "sun", good, From{})
		h.refused(err, fault.Invalid, "fault.account.refused")
		h.must(h.SetLanguage(ctx, actor, "en"))
		h.refused(h.SetLanguage(ctx, actor, "xx"), fault.Invalid, "fault.account.lang")
		if _, actor, _ = h.Session(ctx, desk); actor.Lang != "en" {
			t.Errorf("language %q", actor.Lang)
		}
		h.must(h.EndSession(ctx, actor, here.ID))
		h.must(h.SignOut(ctx, desk))
		_, _, err = h.Session(ctx, desk)
		h.refused(err, fault.SignIn, "")
	})
}

func TestAccountsAreLookedAfterByTheirPlaces(t *testing.T) {
	each(t, func(h *house) {
		_, city := h.make("city", RoleAt{"admin", 1})
		countyID, county := h.make("county", RoleAt{"admin", 2})
		clerk, _ := h.make("clerk", RoleAt{"clerk", 2})
		elsewhere, _ := h.make("elsewhere", RoleAt{"clerk", 3})

		h.refused(h.Disable(ctx, county, elsewhere, true), fault.NotFound, "")
		_, _, err := h.Create(ctx, county, NewAccount{Login: "up", Name: "up", Home: 2, Grants: []RoleAt{{"admin", 1}}})
		h.refused(err, fault.Forbidden, "")
		_, _, err = h.Create(ctx, county, NewAccount{Login: "top", Name: "top"})
		h.refused(err, fault.Forbidden, "")
		h.refused(h.Grant(ctx, county, clerk, RoleAt{"clerk", 3}), fault.Forbidden, "")
		h.refused(h.Grant(ctx, county, countyID, RoleAt{"clerk", 2}), fault.Invalid, "fault.account.own")
		h.refused(h.Disable(ctx, county, countyID, true), fault.Invalid, "fault.account.own")
		h.refused(h.Grant(ctx, city, clerk, RoleAt{"nobody", 2}), fault.Invalid, "fault.account.role")
		h.refused(h.Grant(ctx, city, clerk, RoleAt{"clerk", 99}), fault.Invalid, "fault.account.unit")
		_, err = h.SetupLink(ctx, county, clerk)
		h.must(err)

		h.must(h.Grant(ctx, city, clerk, RoleAt{"admin", 1})) // from here on the county must not take the account over
		_, err = h.SetupLink(ctx, county, clerk)
		h.refused(err, fault.Forbidden, "")
		a, err := h.Account(ctx, county, clerk)
		h.must(err)
		var wide, own int64
		for _, g := range a.Grants {
			if g.Unit.ID == 1 {
				wide = g.ID
			} else {
				own = g.ID
			}
		}
		h.refused(h.Revoke(ctx, county, clerk, wide), fault.Forbidden, "")
		h.must(h.Revoke(ctx, county, clerk, own))
		h.refused(h.Revoke(ctx, county, clerk, own), fault.NotFound, "")
		h.must(h.Revoke(ctx, city, clerk, wide))
		h.must(h.Change(ctx, county, clerk, Edit{Version: 1, Name: "renamed", Home: 2}))
		h.refused(h.Change(ctx, county, clerk, Edit{Version: 1, Name: "again", Home: 2}), fault.Stale, "")
	})
}

func TestADisabledAccountIsOut(t *testing.T) {
	each(t, func(h *house) {
		id, _ := h.make("zhou")
		token, _, err := h.SignIn(ctx, "zhou", good, From{})
		h.must(err)
		link, err := h.SetupLink(ctx, authz.System(), id)
		h.must(err)
		h.must(h.Disable(ctx, authz.System(), id, true))
		_, _, err = h.Session(ctx, token)
		h.refused(err, fault.SignIn, "")
		_, _, err = h.SignIn(ctx, "zhou", good, From{})
		h.refused(err, fault.Invalid, "fault.account.refused")
		_, err = h.SetupFor(ctx, link)
		h.refused(err, fault.Invalid, "fault.account.link")
		h.must(h.Disable(ctx, authz.System(), id, false))
		_, _, err = h.SignIn(ctx, "zhou", good, From{})
		h.must(err)
		h.clock.Add(SetupFor)
		_, _, err = h.Setup(ctx, link, good, From{})
		h.refused(err, fault.Invalid, "fault.account.link")
	})
}

func TestDemoLinksExistInDemonstrationsOnly(t *testing.T) {
	each(t, func(h *house) {
		if _, err := h.DemoLink(ctx, 1); fault.KindOf(err) != fault.Invalid {
			t.Fatalf("a link in a real database: %v", err)
		}
		h.must(h.MarkDemo(ctx))
		id, _ := h.make("zheng")
		link, err := h.DemoLink(ctx, id)
		h.must(err)
		for range 2 {
			token, _, err := h.DemoSignIn(ctx, link, From{})
			h.must(err)
			if _, actor, err := h.Session(ctx, token); err != nil || actor.Account != id {
				t.Fatalf("%v %v", actor, err)
			}
		}
		_, _, err = h.DemoSignIn(ctx, "x", From{})
		h.refused(err, fault.Invalid, "fault.account.link")
	})
	each(t, func(h *house) {
		h.make("wu")
		if err := h.MarkDemo(ctx); err == nil {
			t.Fatal("a database with accounts became a demonstration")
		}
	})
}

// Neither tables nor log ever hold a password, a token or an address.
func TestSecretsAreNotKept(t *testing.T) {
	each(t, func(h *house) {
		id, setup, err := h.Create(ctx, authz.System(), NewAccount{Login: "feng", Name: "feng", Home: 1})
		h.must(err)
		token, _, err := h.Setup(ctx, setup, good, From{Address: "192.0.2.77"})
		h.must(err)
		_, _, _ = h.SignIn(ctx, "feng", "some wrong password", From{Address: "192.0.2.77"})
		var all strings.Builder
		for _, q := range []string{`SELECT secret || setup_digest FROM account`, `SELECT digest || device FROM session`, `SELECT detail FROM audit_entry`} {
			rows, err := h.db.Query(ctx, q)
			h.must(err)
			for rows.Next() {
				var s string
				h.must(rows.Scan(&s))
				all.WriteString(s)
			}
			h.must(rows.Err())
			rows.Close()
		}
		for _, secret := range []string{setup, token, good, "some wrong", "192.0.2.77"} {
			if strings.Contains(all.String(), secret) {
				t.Errorf("%q is kept", secret)
			}
		}
		if len(h.history(id)) == 0 || all.Len() < 100 {
			t.Error("nothing was kept at all")
		}
	})
}
