/**
 * What headings, labels and lead-ins in other languages than English say about what stands under them (rule R5): only names that
 * hold a block back. Of all other words of the prose only English is read, and SO040 says so.
 */
export const OTHER_LANGUAGES = {
  back: /откат|восстановлени|回滚|回滾|回退|ロールバック|切り?戻し|巻き戻し|롤백|reversi[oó]n|revertir|reverter|reversão|retours? (?:en )?arri[eè]re|marche arri[eè]re|zurückrollen|rückfall|rücknahme|rückgängig|ripristino|terugdraaien/i,
  fails:
    /失敗した(?:場合|とき|ら)|失敗時|如果失败|失败时|失敗時|실패하면|falls .{2,40} (?:fehlschlägt|scheitert)|bei (?:einem )?(?:fehlschlag|fehler)|en cas d['’](?:échec|erreur)|en caso de (?:fallo|error)|em caso de (?:falha|erro)|(?:в случае|при) (?:ошибк|сбо|неудач)/i,
  trouble:
    /fehlersuche|fehlerbehebung|bekannte (?:probleme|fehler)|dépannage|problèmes connus|solución de problemas|problemas conocidos|resolução de problemas|устранение неи?[пс]|トラブルシューティング|既知の問題|故障排除|常见问题|已知问题|문제 해결/i,
  cleanup: /aufräumen|bereinig|nettoyage|limpieza|limpeza|очистк|後片付け|クリーンアップ|後始末|清理|정리/i,
  reference:
    /^(?:anhang|übersicht|überblick|hintergrund|kontakte?|annexes?|aperçu|contexte|contacts?|anexos?|apéndice|resumen|contexto|contactos|приложени[ея]|обзор|контакты|付録|参考|概要|背景|連絡先|附录|参考资料|概述|联系方式|부록|개요)$/i,
  example:
    /^(?:(?:zum|ein|ein weiteres) )?beispiele?$|^z\.\s?b\.$|^(?:par )?exemples?$|^(?:por )?ejemplos?$|^(?:por )?exemplos?$|^(?:например|примеры?)$|^(?:例|例えば|使用例|例如|示例|예|예시)$/i,
} as const

/** Those names as they are written: a Mac may have written `ó` as two characters, and a colon may stand behind. */
export function saysInOtherLanguage(kind: keyof typeof OTHER_LANGUAGES, text: string): boolean {
  return OTHER_LANGUAGES[kind].test(
    text
      .normalize('NFC')
      .replace(/\s*[:：]$/, '')
      .trim(),
  )
}
