package org_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/internal/authz"
	"plumbline/internal/fault"
	"plumbline/internal/gate"
	"plumbline/internal/org"
	"plumbline/internal/pack"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// school is a pack of another domain: the room must not care.
func school(t testing.TB) *pack.Pack {
	t.Helper()
	p, err := pack.Load(fstest.MapFS{
		"pack.json": {Data: []byte(`{"id":"school","name":{"zh":"学区","en":"School district"},
			"unit_kinds":[{"id":"district","name":{"zh":"学区","en":"District"}},{"id":"school","name":{"zh":"学校","en":"School"}},{"id":"class","name":{"zh":"班","en":"Class"}}],
			"post_kinds":[{"id":"head","name":{"zh":"校长","en":"Head"},"reports":true},{"id":"teacher","name":{"zh":"教师","en":"Teacher"},"many":true}],
			"group_kinds":[{"id":"board","name":{"zh":"理事会","en":"Board"}}]}`)},
		"roles.json": {Data: []byte(`[{"id":"clerk","name":{"zh":"文员","en":"Clerk"},"hint":{"zh":"无","en":"none"},"here":[],"below":["org.edit"]}]`)},
		"terms.json": {Data: []byte(`{"zh":{},"en":{}}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

type room struct {
	*org.Service
	t   testing.TB
	db  *store.DB
	ctx context.Context
}

func newRoom(t testing.TB, db *store.DB) room {
	t.Helper()
	p := school(t)
	policy, err := authz.NewPolicy(p.AuthzRoles())
	if err != nil {
		t.Fatal(err)
	}
	return room{org.New(gate.New(db, policy), db, p, time.UTC), t, db, context.Background()}
}

var system = authz.System()

func (r room) ok(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// refused checks that an error is an Invalid fault with this key, at a field or as a whole.
func (r room) refused(err error, key string) {
	r.t.Helper()
	f := fault.As(err)
	if f == nil {
		r.t.Fatalf("want %s, got %v", key, err)
	}
	for _, field := range f.Fields {
		if field.Key == key {
			return
		}
	}
	if f.Key != key {
		r.t.Fatalf("want %s, got %v", key, err)
	}
}

func (r room) unit(parent int64, code, from string) org.Unit {
	r.t.Helper()
	u, err := r.CreateUnit(r.ctx, system, org.NewUnit{Parent: parent, Code: code, Kind: "school", Name: "单位" + code, NameEn: "Unit " + code, From: from})
	r.ok(err)
	return u
}

func (r room) get(id int64) org.Unit {
	r.t.Helper()
	u, err := org.UnitByID(r.ctx, r.db, id)
	r.ok(err)
	return u
}

func each(t *testing.T, test func(t *testing.T, r room)) {
	storetest.Each(t, func(t *testing.T, db *store.DB, _ *storetest.Clock) { test(t, newRoom(t, db)) })
}

// clerk may edit at one unit and below.
func clerk(u org.Unit) authz.Actor {
	return authz.Actor{Account: 5, Grants: []authz.Grant{{Role: "clerk", Unit: u.Place()}}}
}
