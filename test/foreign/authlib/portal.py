"""A portal as its authors would write it with Authlib and Flask. One JSON object answers every address."""

import os

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.serving import make_server

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"

app = Flask(__name__)
app.secret_key = os.urandom(32)
app.config["SESSION_COOKIE_NAME"] = "authlib_portal"

gatehouse = OAuth(app).register(
    name="gatehouse",
    client_id=os.environ["PORTAL_CLIENT_ID"],
    client_secret=os.environ["PORTAL_CLIENT_SECRET"],
    server_metadata_url=os.environ["PORTAL_DISCOVERY_URL"],
    client_kwargs={"scope": os.environ["PORTAL_SCOPE"], "code_challenge_method": "S256"},
    # Authlib refreshes by itself when a token has expired, and tells the portal here.
    update_token=lambda token, refresh_token=None, access_token=None: keep(token),
)

# By session of Gatehouse (`sid`), so that a back-channel logout finds what it ends.
signed_in = {}


def keep(token):
    signed_in[session["sid"]]["token"].update(token)


@app.get("/")
def home():
    person = signed_in.get(session.get("sid"))
    if person is None:
        return {"signed_in": False}, 401
    return {"signed_in": True, "claims": person["claims"], "access_token": person["token"]["access_token"]}


@app.get("/sign-in")
def sign_in():
    return gatehouse.authorize_redirect(url_for("callback", _external=True))


@app.get("/callback")
def callback():
    token = gatehouse.authorize_access_token()
    claims = token["userinfo"]
    session["sid"] = claims["sid"]
    signed_in[claims["sid"]] = {"token": token, "claims": claims}
    return redirect(url_for("home"))


@app.get("/profile")
def profile():
    person = signed_in[session["sid"]]
    if "expired" in request.args:
        person["token"]["expires_at"] = 1
    return gatehouse.userinfo(token=person["token"])


@app.get("/sign-out")
def sign_out():
    person = signed_in.pop(session.pop("sid"))
    return gatehouse.logout_redirect(
        post_logout_redirect_uri=url_for("signed_out", _external=True),
        id_token_hint=person["token"]["id_token"],
    )


@app.get("/signed-out")
def signed_out():
    gatehouse.validate_logout_response()
    return {"signed_out": True}


@app.post("/back-channel-logout")
def back_channel_logout():
    """OpenID Connect Back-Channel Logout 1.0 §2.6."""
    metadata = gatehouse.load_server_metadata()
    keys = KeySet.import_key_set(gatehouse.fetch_jwk_set(force=True))
    token = jwt.decode(
        request.form["logout_token"], keys, algorithms=metadata["id_token_signing_alg_values_supported"]
    )
    jwt.JWTClaimsRegistry(
        leeway=5,
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": gatehouse.client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
        sid={"essential": True},
        events={"essential": True},
    ).validate(token.claims)
    if LOGOUT_EVENT not in token.claims["events"] or "nonce" in token.claims:
        return {"error": "invalid_request"}, 400
    signed_in.pop(token.claims["sid"], None)
    return {}, 200, {"cache-control": "no-store"}


@app.errorhandler(OAuthError)
def refused(error):
    return {"error": error.error, "description": error.description}, 400


@app.errorhandler(JoseError)
def forged(error):
    return {"error": error.error}, 400


if __name__ == "__main__":
    server = make_server("127.0.0.1", int(os.environ["PORTAL_PORT"]), app, threaded=True)
    print("serving", flush=True)
    server.serve_forever()
