package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

// Static holds everything a browser loads beside the pages.
//
//go:embed static
var Static embed.FS

// assetPrefix is where Handler must be mounted.
const assetPrefix = "/static/"

// asset is one file, with its compressed forms made when first asked for.
type asset struct {
	name, kind, hash string
	plain            []byte
	once             sync.Once
	gzip, brotli     []byte
}

var assets = sync.OnceValue(loadAssets)

// types is spelled out so that an answer never depends on the machine's MIME table.
var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".txt": "text/plain; charset=utf-8",
}

func loadAssets() map[string]*asset {
	all := map[string]*asset{}
	err := fs.WalkDir(Static, "static", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		kind, ok := types[path.Ext(p)]
		if !ok {
			return nil
		}
		b, err := Static.ReadFile(p)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		name := strings.TrimPrefix(p, "static/")
		all[name] = &asset{name: name, kind: kind, hash: hex.EncodeToString(sum[:6]), plain: b}
		return nil
	})
	if err != nil {
		panic("ui: embedded assets: " + err.Error())
	}
	return all
}

// AssetURL is the address of a static file: it changes with the content, so
// browsers may keep it for ever. An unknown name panics: it is a misspelling.
func AssetURL(name string) string {
	a := assets()[name]
	if a == nil {
		panic("ui: no such asset: " + name)
	}
	return assetPrefix + a.hash + "/" + name
}

// Handler serves GET /static/<hash>/<name>, compressed as the browser likes.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, assetPrefix), "/")
		a := assets()[name]
		if !ok || a == nil {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Vary", "Accept-Encoding")
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		if hash != a.hash { // a page from before an upgrade: today's file, not to be kept
			h.Set("Cache-Control", "no-cache")
		}
		enc, body := a.encoded(r.Header.Get("Accept-Encoding"))
		tag := `"` + a.hash + enc + `"`
		h.Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		if enc != "" {
			h.Set("Content-Encoding", enc)
		}
		if r.Method != http.MethodHead {
			_, _ = w.Write(body)
		}
	})
}

// encoded picks brotli, gzip or nothing by what the browser accepts.
func (a *asset) encoded(accept string) (string, []byte) {
	a.once.Do(a.compress)
	for _, c := range []struct {
		name string
		body []byte
	}{{"br", a.brotli}, {"gzip", a.gzip}} {
		if accepts(accept, c.name) && len(c.body) < len(a.plain) {
			return c.name, c.body
		}
	}
	return "", a.plain
}

// accepts reads an Accept-Encoding header: the coding is listed and not at q=0.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == coding {
			q = strings.ReplaceAll(q, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}

func (a *asset) compress() {
	var g, b bytes.Buffer
	gw, _ := gzip.NewWriterLevel(&g, gzip.BestCompression)
	_, _ = gw.Write(a.plain)
	_ = gw.Close()
	bw := brotli.NewWriterLevel(&b, 9)
	_, _ = bw.Write(a.plain)
	_ = bw.Close()
	a.gzip, a.brotli = g.Bytes(), b.Bytes()
}
