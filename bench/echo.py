"""The measure of the intake: wechatpy decrypts, parses and answers with the same words; nothing is stored."""

from flask import Flask, Response, request
from wechatpy.work import create_reply, parse_message
from wechatpy.work.crypto import WeChatCrypto

from bot.settings import Settings


def create_app(settings: Settings) -> Flask:
    """A bare Flask application with one path and the encrypted passive reply of the platform's own example."""
    wecom = settings.wecom
    crypto = WeChatCrypto(wecom.token.get_secret_value(), wecom.encoding_aes_key.get_secret_value(), wecom.corp_id)
    app = Flask(__name__, static_folder=None, template_folder=None)

    @app.post("/wecom/callback")
    def echo() -> Response:
        signature, timestamp, nonce = (request.args[name] for name in ("msg_signature", "timestamp", "nonce"))
        message = parse_message(crypto.decrypt_message(request.get_data(), signature, timestamp, nonce))
        reply = create_reply(message.content, message).render()
        return Response(crypto.encrypt_message(reply, nonce, timestamp), mimetype="text/xml")

    return app
