package account

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/store"
)

func (h *house) load(actor authz.Actor, text string, dry bool) ImportResult {
	h.t.Helper()
	res, err := h.Import(ctx, actor, ImportFile{Name: "accounts.csv", Data: strings.NewReader(text), Size: int64(len(text)),
		RoleNames: map[string]string{"办事员": "clerk"}}, dry)
	h.must(err)
	return res
}

func (h *house) accounts() int64 {
	h.t.Helper()
	n, err := countAccounts(ctx, h.db)
	h.must(err)
	return n
}

func TestImport(t *testing.T) {
	each(t, func(h *house) {
		h.must(h.db.Write(ctx, func(tx *store.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO person (code, name, name_en, version) VALUES ('p1', '李娜', 'Li Na', 1)`)
			return err
		}))
		_, admin := h.make("boss", RoleAt{"admin", 1})
		old, _ := h.make("old", RoleAt{"clerk", 2})
		text := "登录名,姓名,person_code,role,unit_code,lang\nLi.Na,李娜,p1,办事员,u2,\nli.na,,,admin,u3,\nold,新名,,clerk,u2,en\nold,,,clerk,u3,\nhome,无角色,,,u2,中文\n"
		dry := h.load(admin, text, true)
		if dry.Total != 0 || dry.Rows != 5 || dry.New != 2 || dry.Changed != 1 || dry.Roles != 3 || dry.Done || h.accounts() != 2 {
			t.Fatalf("dry run: %+v", dry)
		}
		res := h.load(admin, text, false)
		if !res.Done || len(res.Links) != 2 || res.Links[0].Login != "li.na" || h.accounts() != 4 {
			t.Fatalf("import: %+v", res)
		}
		a, err := h.SetupFor(ctx, res.Links[0].Token)
		h.must(err)
		if len(a.Grants) != 2 || a.Person == 0 || a.Lang != "zh" || a.Home.ID != 2 {
			t.Errorf("the new account: %+v", a)
		}
		b, err := h.Account(ctx, admin, old)
		h.must(err)
		if len(b.Grants) != 2 || b.Name != "新名" || b.Lang != "en" || !b.HasPassword {
			t.Errorf("the old account: %+v", b)
		}
		if what := h.history(old); what[0] != "imported" {
			t.Errorf("history of the old account: %v", what)
		}
		if again := h.load(admin, text, false); again.Done || again.New+again.Changed+again.Roles != 0 || len(again.Links) != 0 {
			t.Errorf("the same file again: %+v", again)
		}
	})
}

func TestImportReportsEverythingAndChangesNothing(t *testing.T) {
	each(t, func(h *house) {
		_, admin := h.make("boss", RoleAt{"admin", 2})
		h.make("other", RoleAt{"clerk", 3})
		text := strings.Join([]string{"login,name,person_code,role,unit_code,lang",
			"fine,好,,clerk,u2,",
			"b@d login,x,,clerk,u2,",         // 3
			"rr,x,,nobody,u2,",               // 4
			"uu,x,,clerk,nowhere,",           // 5
			"ww,x,,clerk,u3,",                // 6: not this administrator's
			"top,x,,admin,*,",                // 7: nor the whole
			"other,x,,clerk,u2,",             // 8: somebody else's account
			"pp,x,p9,clerk,u2,",              // 9
			"ll,x,,clerk,u2,fr",              // 10
			"nn,,,clerk,u2,",                 // 11
			"fine,坏,,clerk,u2,",              // 12: another name, and the role twice
			"ee,x,,clerk,,",                  // 13
			"boss,boss,,clerk,u2,",           // 14: oneself
			`qq,"x"xx,,clerk,u2,`, ""}, "\n") // 15
		res := h.load(admin, text, false)
		var got []string
		for _, p := range res.Problems {
			got = append(got, fmt.Sprintf("%d %s", p.Line, p.Code))
		}
		want := `3 fault.account.login
4 fault.account.import_role
5 fault.account.import_unit
6 fault.account.import_right
7 fault.account.import_right
8 fault.account.import_other
9 fault.account.import_person
10 fault.account.lang
11 fault.account.name
12 fault.account.row_differs
12 fault.account.import_twice
13 fault.account.import_no_unit
14 fault.account.import_other
15 bad_quote`
		if strings.Join(got, "\n") != want || res.Done || res.Total != 14 || h.accounts() != 2 {
			t.Errorf("done %v, %d accounts:\n%s", res.Done, h.accounts(), strings.Join(got, "\n"))
		}
		for text, code := range map[string]string{"": "empty_file", "login,name\nx,y\n": "missing_column", "login,name,role,unit_code,账号\n": "doubled_column"} {
			if res := h.load(admin, text, false); len(res.Problems) == 0 || res.Problems[0].Code != code {
				t.Errorf("%q: %+v", text, res.Problems)
			}
		}
	})
}

func TestListIsScopedAndFiltered(t *testing.T) {
	each(t, func(h *house) {
		_, city := h.make("city", RoleAt{"admin", 1})
		_, county := h.make("county", RoleAt{"admin", 2})
		h.make("clerk_a", RoleAt{"clerk", 2})
		h.make("clerkxb", RoleAt{"clerk", 3})
		fresh, _, err := h.Create(ctx, authz.System(), NewAccount{Login: "fresh", Name: "新人", Home: 2})
		h.must(err)
		_, _, err = h.Create(ctx, authz.System(), NewAccount{Login: "top", Name: "top"})
		h.must(err)
		logins := func(actor authz.Actor, f Filter) string {
			if f.Limit == 0 {
				f.Limit = 10
			}
			list, total, err := h.Accounts(ctx, actor, f)
			h.must(err)
			var out []string
			for _, a := range list {
				out = append(out, fmt.Sprintf("%s/%d", a.Login, len(a.Grants)))
			}
			return fmt.Sprintf("%s of %d", strings.Join(out, " "), total)
		}
		h.must(h.Disable(ctx, city, fresh, true))
		for i, c := range []struct {
			actor authz.Actor
			f     Filter
			want  string
		}{
			{authz.System(), Filter{Limit: 2}, "city/1 clerk_a/1 of 6"},
			{authz.System(), Filter{Limit: 2, After: "clerk_a"}, "clerkxb/1 county/1 of 6"},
			{city, Filter{}, "city/1 clerk_a/1 clerkxb/1 county/1 fresh/0 of 5"},
			{county, Filter{}, "clerk_a/1 county/1 fresh/0 of 3"},
			{county, Filter{Text: "新"}, "fresh/0 of 1"},
			{city, Filter{Text: "CLERK_"}, "clerk_a/1 of 1"},
			{city, Filter{Role: "clerk"}, "clerk_a/1 clerkxb/1 of 2"},
			{city, Filter{State: "disabled"}, "fresh/0 of 1"},
			{authz.System(), Filter{State: "waiting"}, "top/0 of 1"},
			{city, Filter{State: "locked"}, " of 0"},
			{authz.Actor{}, Filter{}, " of 0"},
		} {
			if got := logins(c.actor, c.f); got != c.want {
				t.Errorf("%d: %q, want %q", i, got, c.want)
			}
		}
		places, err := h.FindPlaces(ctx, county, "x", 10) // every unit is called x
		h.must(err)
		if len(places) != 1 || places[0].Code != "u2" {
			t.Errorf("places: %+v", places)
		}
		if places, err = h.FindPlaces(ctx, city, "u3", 10); err != nil || len(places) != 1 {
			t.Errorf("by code: %+v %v", places, err)
		}
	})
}

func FuzzImportFile(f *testing.F) {
	f.Add([]byte("login,name,person_code,role,unit_code,lang\nli,李,,clerk,u1,zh\n"))
	f.Add([]byte("登录名;姓名;角色;单位编码\r\n\"li\";x;clerk;*\r\n"))
	policy, err := authz.NewPolicy([]authz.Role{{ID: "clerk"}})
	if err != nil {
		f.Fatal(err)
	}
	s := &Service{gate: gate.New(nil, policy)}
	f.Fuzz(func(t *testing.T, b []byte) {
		im := &importing{service: s, by: map[string]*imported{}}
		if err := im.read(ImportFile{Name: "f", Data: strings.NewReader(string(b)), Size: int64(len(b))}); err != nil {
			t.Fatalf("neither read nor a problem: %v", err)
		}
		for _, a := range im.order {
			if !validLogin(a.login) || im.by[a.login] != a {
				t.Fatalf("%+v", a)
			}
		}
	})
}
