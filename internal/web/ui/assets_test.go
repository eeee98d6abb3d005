package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
)

// What we did not write is byte for byte what its makers published.
func TestVendoredFilesAreWhatTheyWere(t *testing.T) {
	for _, folder := range []string{"static/vendor/", "testdata/"} {
		sums, err := os.ReadFile(folder + "SHA256SUMS")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(sums)) {
			want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
			b, err := os.ReadFile(folder + name)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(b)
			if got := hex.EncodeToString(sum[:]); got != want {
				t.Errorf("%s%s: SHA-256 %s, want %s", folder, name, got, want)
			}
		}
	}
}

// The weight of a first visit is a promise.
func TestWeight(t *testing.T) {
	for name, most := range map[string]int{"app.css": 14 << 10, "app.js": 10 << 10, "vendor/htmx.min.js": 16 << 10} {
		a := assets()[name]
		a.once.Do(a.compress)
		if len(a.gzip) > most {
			t.Errorf("%s is %d bytes gzipped, more than %d", name, len(a.gzip), most)
		}
	}
}

func get(t *testing.T, path string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func TestHandlerServesByContent(t *testing.T) {
	plain, _ := Static.ReadFile("static/app.css")
	url := AssetURL("app.css")
	for accept, open := range map[string]func(io.Reader) io.Reader{
		"":                  func(r io.Reader) io.Reader { return r },
		"gzip, deflate":     func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"gzip, deflate, br": func(r io.Reader) io.Reader { return brotli.NewReader(r) },
		"br;q=0, gzip;q=1":  func(r io.Reader) io.Reader { z, _ := gzip.NewReader(r); return z },
		"br;q=0, gzip; q=0": func(r io.Reader) io.Reader { return r },
	} {
		res := get(t, url, map[string]string{"Accept-Encoding": accept})
		body, err := io.ReadAll(open(res.Body))
		if err != nil || !bytes.Equal(body, plain) {
			t.Errorf("%q: not the file (%v)", accept, err)
		}
		if got := res.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%q: Cache-Control %q", accept, got)
		}
	}
	tag := get(t, url, nil).Header.Get("ETag")
	if res := get(t, url, map[string]string{"If-None-Match": tag}); res.StatusCode != http.StatusNotModified {
		t.Errorf("known file answered %d", res.StatusCode)
	}
	old := get(t, "/static/000000000000/app.css", nil)
	if old.StatusCode != http.StatusOK || old.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("address from before an upgrade: %d %q", old.StatusCode, old.Header.Get("Cache-Control"))
	}
	for _, path := range []string{"/static/", "/static/x/../ui.go", "/static/x/vendor/SHA256SUMS", "/static/x"} {
		if res := get(t, path, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answered %d", path, res.StatusCode)
		}
	}
}

func TestUnknownAssetPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a misspelt asset went unnoticed")
		}
	}()
	AssetURL("nothing.css")
}
